"""Sessions saved by gligen-gui: `{"stringProps", "arrayProps", "mapProps": {"boxMap": [...]}}`.

`boxMap` lists [id, rectangle] pairs; a rectangle has x1 y1 x2 y2 in pixels, in the order in which
it was drawn, and a caption. Rectangles that are hidden, or have no caption, were not sampled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts
from ..layout.fields import shown
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .units import placed
from .values import (
    BrokenValue,
    kept_texts,
    number_in,
    phrase_of,
    read_data,
    read_fields,
    read_four,
    read_items,
)

CORNERS = ("x1", "y1", "x2", "y2")
COLOUR = "#1f1f1e"  # of written rectangles; the program asks for one


def parse(data: Any, context: Context) -> Layouts:
    """The canvas is the session's; its prompts ride along as `prompt` and `negative_prompt`."""
    source = context.source
    fields = read_fields(read_data(data, source), source)
    if not is_session(fields):
        raise GligenError(f"{source}: no 'stringProps' and 'mapProps' in {shown(fields)}.")
    texts = read_fields(fields["stringProps"], f"{source}: stringProps")
    # The program keeps sizes as text or as numbers.
    sides = [texts.get(name, 512) for name in ("canvasWidth", "canvasHeight")]
    width, height = (number_in(side) or side for side in sides)
    canvas = Canvas.read(width, height, source)
    placing = Placing(context, "gligen-gui session")
    candidates: list[Candidate] = []
    boxes = read_fields(fields["mapProps"], f"{source}: mapProps").get("boxMap", ())
    for number, pair in enumerate(read_items(boxes, "boxes", f"{source}: boxMap"), 1):
        with placing.row():
            candidates += _rectangle(pair, f"{source}: box {number}", placing)
    (layout,) = placed([candidates], placing, canvas, "pixels")
    prompts = {"prompt": "positivePrompt", "negative_prompt": "negativePrompt"}
    texts_kept = {name: phrase_of(texts.get(field)) for name, field in prompts.items()}
    return replace(layout, extra=kept_texts(**texts_kept))


def _rectangle(pair: Any, where: str, placing: Placing) -> list[Candidate]:
    """None, or one: hidden ones and those without a caption were not sampled."""
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise BrokenValue(f"{where}: {shown(pair)}; expected a pair of id and rectangle.")
    rectangle = read_fields(pair[1], where)
    caption = phrase_of(rectangle.get("caption"))
    if not caption or rectangle.get("visible") is False:
        return []
    corners = read_four([rectangle.get(name) for name in CORNERS], "x1 y1 x2 y2", where)
    return [placing.candidate(corners, where, caption)]


def dump(layout: Layout, context: Context = UNSAID) -> dict[str, Any]:
    """A session that the program opens, with the layout's prompts and boxes."""
    kept = dict(layout.extra)
    texts: dict[str, Any] = {"canvasWidth": layout.width, "canvasHeight": layout.height}
    for name, field in (("prompt", "positivePrompt"), ("negative_prompt", "negativePrompt")):
        if name in kept:
            texts[field] = json.loads(kept[name])
    pairs: list[list[Any]] = []
    for number, entity in enumerate(layout.entities):
        corners = entity.box.pixels(layout.width, layout.height)
        rectangle = dict(zip(CORNERS, corners, strict=True)) | {
            "id": number,
            "color": COLOUR,
            "visible": True,
            "caption": entity.text,
        }
        pairs.append([number, rectangle])
    return {
        "stringProps": texts,
        "arrayProps": {},
        "mapProps": {"loraMap": [], "boxMap": pairs},
    }


def is_session(value: Any) -> bool:
    return isinstance(value, Mapping) and "stringProps" in value and "mapProps" in value


FORMAT = Format(
    name="gligen-gui",
    title="gligen-gui session",
    sign="`stringProps` and `mapProps`",
    recognises=is_session,
    parse=parse,
    dump=dump,
    capabilities=Capabilities(canvas=True, grid="exact"),
)
