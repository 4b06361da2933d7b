"""How fast a canvas answers: frame times in the host's page in a real Chromium.

`measure_canvas(page, node)` drags one of 30 boxes, or all of 8 people, to and fro; run by
`dev.py bench`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

FRAME_MS = 16.0  # of a screen with 60 pictures a second: what an answer may take
BOXES = 30  # what the text-box checkpoint takes at most
PEOPLE = 8  # what the keypoint checkpoint takes
MOVES = 120

DRAG = """async ([id, widget, moves]) => {
  const node = window.app.graph.getNodeById(id);
  const { element } = node.widgets.find(({ name }) => name === widget);
  const canvas = element.querySelector("canvas");
  const bounds = canvas.getBoundingClientRect();
  const send = (type, share) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, pointerId: 1, isPrimary: true, button: 0, buttons: 1, pointerType: "mouse",
    clientX: bounds.left + bounds.width * (0.2 + share), clientY: bounds.top + bounds.height / 2,
  }));
  canvas.setPointerCapture = () => {};  // a made-up pointer can't be captured
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const frames = [];
  send("pointerdown", 0);
  for (let move = 0; move < moves; move++) {
    const began = performance.now();
    const before = frame();
    send("pointermove", 0.3 * Math.abs(Math.sin(move / 20)));
    const moved = performance.now() - began;
    const after = frame();  // the canvas has asked for its redraw between the two
    frames.push(moved + await after - await before);
  }
  send("pointerup", 0.3);
  await frame();
  delete canvas.setPointerCapture;
  return frames;
}"""

FOCUS = """([id, widget]) => window.app.graph.getNodeById(id).widgets
  .find(({ name }) => name === widget).element.querySelector("canvas").focus()"""


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """Milliseconds of the page's own work: one pointer move, and the redraw that follows."""

    median: float
    p95: float
    worst: float
    frames: int

    @property
    def within_a_frame(self) -> bool:
        return self.p95 <= FRAME_MS


def many_boxes(count: int = BOXES) -> str:
    """Layout JSON of boxes all over the canvas."""
    columns = math.ceil(math.sqrt(count))
    width, height = 1 / columns, 1 / math.ceil(count / columns)
    entities = [
        {
            "id": f"e{index + 1}",
            "text": f"thing number {index + 1}",
            "box": [
                round(index % columns * width, 4),
                round(index // columns * height, 4),
                round((index % columns + 0.9) * width, 4),
                round((index // columns + 0.9) * height, 4),
            ],
        }
        for index in range(count)
    ]
    return json.dumps({"version": 1, "width": 512, "height": 512, "entities": entities})


def many_people(count: int = PEOPLE) -> str:
    """Layout JSON of people side by side, each joint in a place of its own."""
    poses = [
        {
            "id": f"p{number + 1}",
            "joints": [
                [round((number + 0.2 + 0.6 * (joint % 2)) / count, 4), round(joint / 16, 4), 1]
                for joint in range(17)
            ],
        }
        for number in range(count)
    ]
    return json.dumps({"version": 1, "width": 512, "height": 512, "poses": poses})


def measure_canvas(
    page: Any, node: int, widget: str = "layout", select_all: bool = False
) -> FrameTimes:
    """Drag on the canvas of a node that is in the page's graph (a Playwright page).

    select_all: Ctrl+A first, so that the drag moves everything
    """
    if select_all:
        page.evaluate(FOCUS, [node, widget])
        page.keyboard.press("Control+a")
    frames = sorted(page.evaluate(DRAG, [node, widget, MOVES]))
    return FrameTimes(
        median=frames[len(frames) // 2],
        p95=frames[int(len(frames) * 0.95)],
        worst=frames[-1],
        frames=len(frames),
    )
