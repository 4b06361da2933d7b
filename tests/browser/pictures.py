"""Screenshots of the canvases for README and help pages: what is on them, how they are taken."""

import json
from pathlib import Path

from desk import VIEWPORT, Desk

LAYOUT = json.dumps(
    {
        "version": 1,
        "width": 768,
        "height": 512,
        "entities": [
            {"id": "e1", "text": "a wooden table", "box": [0.04, 0.58, 0.96, 0.97]},
            {"id": "e2", "text": "a blue vase", "box": [0.12, 0.16, 0.34, 0.74]},
            {"id": "e3", "text": "a red apple", "box": [0.47, 0.5, 0.63, 0.74]},
            {"id": "e4", "text": "a window", "box": [0.55, 0.05, 0.94, 0.46], "strength": 0.7},
        ],
    }
)
GATE = json.dumps(
    {
        "version": 1,
        "counts": "steps",
        "points": [[0, 1], [0.2, 1], [0.45, 0.62], [0.6, 0.2], [0.85, 0]],
        "blocks": {"middle": 0.5, "output.3": 0.25},
    }
)
THEMES = ("dark", "light")
MARGIN_PX = 14
HEAD_PX = 150  # above a canvas: its node's title and sockets; Layout has four rows of them


def take_layout(desk: Desk, file: Path) -> None:
    node = desk.add("GLIGEN_Layout", (60, 110), layout=LAYOUT)
    desk.page.evaluate("(id) => window.app.graph.getNodeById(id).setSize([600, 540])", node)
    desk.settle(10)
    editor = desk.editor(node)
    editor.click(0.55, 0.6, aspect=1.5)
    desk.page.evaluate("document.activeElement.blur()")
    desk.settle(6)
    shoot(desk, editor, file)
    desk.clear()


def take_poses(desk: Desk, file: Path) -> None:
    node = desk.add("GLIGEN_Poses", (60, 110))
    desk.page.evaluate("(id) => window.app.graph.getNodeById(id).setSize([620, 540])", node)
    desk.settle(10)
    editor = desk.editor(node, "poses")
    for preset in ("walking", "waving", "sitting"):
        editor.handle.query_selector("select").select_option(preset)
        editor.focus()
        editor.press("n")
    editor.press(",", *"]" * 11)  # the hand that waves
    desk.page.evaluate("document.activeElement.blur()")
    desk.settle(6)
    shoot(desk, editor, file)
    desk.clear()


def take_gate(desk: Desk, file: Path) -> None:
    node = desk.add("GLIGEN_GateCurve", (60, 110), gate=GATE)
    desk.page.evaluate("(id) => window.app.graph.getNodeById(id).setSize([620, 570])", node)
    desk.settle(10)
    editor = desk.editor(node, "gate")
    editor.handle.query_selector("summary").click()
    editor.focus()
    editor.press(".", ".", ".")
    desk.page.evaluate("document.activeElement.blur()")
    desk.settle(6)
    shoot(desk, editor, file)
    desk.clear()


def shoot(desk: Desk, editor, file: Path) -> None:
    """The canvas with its node around it, and no tooltip over it."""
    desk.page.mouse.move(VIEWPORT["width"] - 5, VIEWPORT["height"] / 2)
    desk.settle(30)
    box = editor.handle.bounding_box()
    desk.page.screenshot(
        path=file,
        clip={
            "x": box["x"] - MARGIN_PX * 2,
            "y": box["y"] - HEAD_PX,
            "width": box["width"] + MARGIN_PX * 4,
            "height": box["height"] + HEAD_PX + MARGIN_PX * 2,
        },
    )


TAKES = {"layout": take_layout, "poses": take_poses, "gate": take_gate}
