"""Sessions saved by gligen-gui: `{"stringProps", "arrayProps", "mapProps": {"boxMap": [...]}}`.

`boxMap` lists [id, rectangle] pairs; a rectangle has x1 y1 x2 y2 in pixels, in the order in which
it was drawn, and a caption. Rectangles that are hidden, or have no caption, were not sampled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import shown
from .reading import Canvas, Placing, phrase_of, read_data, read_fields, read_four, read_items

CORNERS = ("x1", "y1", "x2", "y2")
COLOUR = "#1f1f1e"  # of written rectangles; the program asks for one


def parse(
    data: Any, source: str = "gligen-gui session", warnings: list[str] | None = None
) -> Layout:
    """The canvas is the session's; its prompts ride along as `prompt` and `negative_prompt`."""
    fields = read_fields(read_data(data, source), source)
    if not is_session(fields):
        raise GligenError(f"{source}: no 'stringProps' and 'mapProps' in {shown(fields)}.")
    texts = read_fields(fields["stringProps"], f"{source}: stringProps")
    canvas = Canvas.read(
        _number(texts.get("canvasWidth", 512)), _number(texts.get("canvasHeight", 512)), source
    )
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    boxes = read_fields(fields["mapProps"], f"{source}: mapProps").get("boxMap", ())
    for number, pair in enumerate(read_items(boxes, "boxes", f"{source}: boxMap"), 1):
        where = f"{source}: box {number}"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise GligenError(f"{where}: {shown(pair)}; expected a pair of id and rectangle.")
        rectangle = read_fields(pair[1], where)
        caption = phrase_of(rectangle.get("caption"))
        if not caption or rectangle.get("visible") is False:
            continue
        corners = read_four([rectangle.get(name) for name in CORNERS], "x1 y1 x2 y2", where)
        box = placing.box(corners, canvas, where)
        if box is not None:
            entities.append(Entity(f"e{len(entities) + 1}", box, caption))
    placing.check()
    prompts = (("prompt", "positivePrompt"), ("negative_prompt", "negativePrompt"))
    extra = tuple(
        (name, json.dumps(phrase_of(texts.get(field)), ensure_ascii=False))
        for name, field in prompts
        if phrase_of(texts.get(field))
    )
    return canvas.layout(entities, extra=extra)


def dump(layout: Layout) -> dict[str, Any]:
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


def _number(value: Any) -> Any:
    """The program keeps sizes as text or as numbers."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
