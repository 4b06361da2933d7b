"""The pictures of the template browser: one .jpg beside each example workflow.

    python3 dev.py python -m devtools.thumbnails [NAME ...]

Examples of the demo model are run in a real ComfyUI, and show what came out. The others need
weights that are not here: they show the layout or the poses that they hold, or else the way of
their map to the GLIGEN.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from gligen_core.draw import PAPER, draw_layout
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, parse_layout

from .api_client import ApiClient
from .console import DevError, progress_bar, say
from .host import ready_host
from .pins import CHECKOUT
from .server import Server
from .workflow import Workflow

EXAMPLES = CHECKOUT / "example_workflows"
RUN = "demo_"  # what an example's name begins with whose model comes with the pack
SIDE_PX = 512
QUALITY = 90
GAP_PX = 4  # between the pictures of a batch
# Nodes that hold a layout, and the input in which they do.
LAYOUT_INPUTS = {"GLIGEN_Layout": "layout", "GLIGEN_Poses": "poses"}
STEP_SHARE = 0.6  # of the canvas: how wide a node is on the stairs of `map_way`


def main(names: Sequence[str]) -> int:
    """Draw the named examples, or all of them; the exit status."""
    files = [file for file in sorted(EXAMPLES.glob("*.json")) if not names or file.stem in names]
    if not files:
        say(f"No example workflow is called {' or '.join(names)}.")
        return 1
    for file in files:
        if not file.stem.startswith(RUN):
            save(drawn(api_form(file)), file)
    try:
        run_and_save([file for file in files if file.stem.startswith(RUN)])
    except DevError as error:
        say(str(error))
        return 1
    return 0


def api_form(file: Path) -> Workflow:
    return json.loads((file.parent / "api" / file.name).read_text(encoding="utf-8"))


def save(picture: Image.Image, workflow: Path) -> None:
    target = workflow.with_suffix(".jpg")
    picture.save(target, quality=QUALITY)
    say(str(target.relative_to(CHECKOUT)))


def drawn(workflow: Workflow) -> Image.Image:
    """What the workflow itself holds, over paper."""
    layout = held_layout(workflow) or stock_layout(workflow) or map_way(workflow)
    return card(draw_layout(layout))


def held_layout(workflow: Workflow) -> Layout | None:
    """The first layout that is drawn in one of its nodes."""
    for node in workflow.values():
        name = LAYOUT_INPUTS.get(node["class_type"])
        if name:
            return parse_layout(node["inputs"][name])
    return None


def stock_layout(workflow: Workflow) -> Layout | None:
    """The boxes of the host's own GLIGEN nodes, which are in pixels of its latent."""
    boxes = [n["inputs"] for n in workflow.values() if n["class_type"] == "GLIGENTextBoxApply"]
    latents = [n["inputs"] for n in workflow.values() if n["class_type"] == "EmptyLatentImage"]
    if not boxes or not latents:
        return None
    width, height = latents[0]["width"], latents[0]["height"]
    entities = (
        Entity(
            id=f"e{number}",
            text=box["text"],
            box=Box(
                box["x"] / width,
                box["y"] / height,
                (box["x"] + box["width"]) / width,
                (box["y"] + box["height"]) / height,
            ),
        )
        for number, box in enumerate(boxes, 1)
    )
    return Layout(tuple(entities), width=width, height=height)


def map_way(workflow: Workflow) -> Layout:
    """The nodes from a map's source to Apply GLIGEN, as steps from the upper left."""
    titles = [workflow[node]["_meta"]["title"] for node in way_of_map(workflow)]
    height = 1 / len(titles)
    entities: list[Entity] = []
    for number, title in enumerate(titles):
        x0 = (1 - STEP_SHARE) * number / max(len(titles) - 1, 1)
        top = height * number
        box = Box(x0, top + 0.35 * height, x0 + STEP_SHARE, top + 0.9 * height)
        entities.append(Entity(id=title, text=title, box=box))
    return Layout(tuple(entities))


def way_of_map(workflow: Workflow) -> list[str]:
    """Node ids from the source of Ground's map to Apply GLIGEN."""
    apply = next(id_ for id_, node in workflow.items() if node["class_type"] == "GLIGEN_Apply")
    ground = workflow[apply]["inputs"]["grounding"][0]
    way = [apply, ground]
    node = workflow[ground]["inputs"].get("map")
    while node is not None:
        way.append(node[0])
        links = [v for v in workflow[node[0]]["inputs"].values() if isinstance(v, list)]
        node = links[0] if links else None
    return way[::-1]


def run_and_save(files: Sequence[Path]) -> None:
    """Run demo examples in one ComfyUI; DevError says what went wrong."""
    if not files:
        return
    with Server(ready_host()) as server:
        for file in files:
            pictures = shown_last(server.address, api_form(file), file.stem)
            save(card(sheet(pictures)), file)


def shown_last(address: str, workflow: Workflow, label: str) -> list[Image.Image]:
    """The pictures of the last node that shows any, after a run."""
    with progress_bar(label) as bar:
        shown = ApiClient(address).pictures(workflow, bar.show)
    last = max(shown, key=int)
    return [Image.open(io.BytesIO(png)).convert("RGB") for png in shown[last]]


def sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """A batch side by side, in as many rows as columns or one fewer."""
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    width, height = pictures[0].width + GAP_PX, pictures[0].height + GAP_PX
    whole = Image.new("RGB", (columns * width - GAP_PX, rows * height - GAP_PX), PAPER)
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number % columns * width, number // columns * height))
    return whole


def card(picture: Image.Image) -> Image.Image:
    """As large as fits the square that all examples have in the browser."""
    scale = SIDE_PX / max(picture.size)
    small = picture.resize(
        (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)),
        Image.Resampling.LANCZOS,
    )
    whole = Image.new("RGB", (SIDE_PX, SIDE_PX), PAPER)
    whole.paste(small, ((SIDE_PX - small.width) // 2, (SIDE_PX - small.height) // 2))
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
