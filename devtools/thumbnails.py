"""The pictures of the template browser: one .jpg beside each template.

    python3 dev.py python -m devtools.thumbnails [NAME ...]

NAME: of a form for the API. Templates of the demo model are run in a real ComfyUI, and show what
came out. The others need weights that are not here: they show the layout or the poses that they
hold over a drawn scene, or their map beside the scene that it is of.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from gligen_core.draw import PAPER

from .api_client import ApiClient
from .console import DevError, progress_bar, say
from .host import ready_host
from .pins import CHECKOUT
from .server import Server
from .templates.covers import drawn
from .templates.tour import TOUR, Template
from .workflow import Workflow

EXAMPLES = CHECKOUT / "example_workflows"
RUN = "demo_"  # what the name of a form for the API begins with whose model comes with the pack
SIDE_PX = 512
QUALITY = 90
GAP_PX = 4  # between the pictures of a batch


def main(names: Sequence[str]) -> int:
    """Draw the named templates, or all of them; the exit status."""
    chosen = [template for template in TOUR if not names or template.api in names]
    if not chosen:
        say(f"No template is called {' or '.join(names)}.")
        return 1
    for template in chosen:
        if not template.api.startswith(RUN):
            save(card(drawn(api_form(template))), template)
    try:
        run_and_save([template for template in chosen if template.api.startswith(RUN)])
    except DevError as error:
        say(str(error))
        return 1
    return 0


def api_form(template: Template) -> Workflow:
    file = EXAMPLES / "api" / f"{template.api}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def picture_of(template: Template) -> Path:
    return EXAMPLES / f"{template.title}.jpg"


def save(picture: Image.Image, template: Template) -> None:
    target = picture_of(template)
    picture.save(target, quality=QUALITY)
    say(str(target.relative_to(CHECKOUT)))


def run_and_save(chosen: Sequence[Template]) -> None:
    """Run demo templates in one ComfyUI; DevError says what went wrong."""
    if not chosen:
        return
    with Server(ready_host()) as server:
        for template in chosen:
            shown = shown_last(server.address, api_form(template), template.api)
            save(card(sheet(shown)), template)


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
    """As large as fits the square that all templates have in the browser."""
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
