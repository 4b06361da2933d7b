"""What language models answer when asked for a layout: JSON (fenced or bare), LMD, LayoutGPT."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, parse_layout
from ..layout.fields import shown
from . import bounding_box, css, elements, florence2, lmd
from .reading import (
    FRACTIONS,
    Canvas,
    Placing,
    phrase_of,
    read_four,
    read_items,
    read_prose,
)

FENCE = re.compile(r"```[a-zA-Z0-9_-]{0,20}\n(.*?)```", re.DOTALL)
TRIES = 20  # places in the text where JSON may begin
LISTS = ("objects", "elements", "layout", "boxes", "detections", "entities", "bounding_boxes")
PHRASES = ("label", "text", "name", "phrase", "desc", "description", "object")


def parse(
    text: str,
    canvas: Canvas | None = None,
    source: str = "answer",
    warnings: list[str] | None = None,
) -> Layouts:
    """The layout in an answer; the talk around it is passed over.

    canvas: what the model was told to draw on. Without it: fractions as they are, pixels of
    512 x 512 in LMD's form, of 64 x 64 in LayoutGPT's.
    """
    text = read_prose(text, source)
    for value in _json_values(text):
        return parse_objects(value, canvas, source, warnings)
    if lmd.is_answer(text):
        return lmd.parse(text, canvas, source, warnings)
    if css.is_answer(text):
        return css.parse(text, canvas, source, warnings)
    raise GligenError(
        f"{source}: no layout in {shown(text)}; expected JSON in a fenced block, a list of "
        "('phrase', [x, y, width, height]), or lines of 'name {height: ...px; width: ...px; "
        "top: ...px; left: ...px; }'."
    )


def parse_objects(
    value: Any,
    canvas: Canvas | None = None,
    source: str = "answer",
    warnings: list[str] | None = None,
) -> Layouts:
    """JSON objects, told apart by the names of their fields.

    `box` is in fractions, `box_2d` and `type` + `bbox` in thousandths, row first, `bbox_2d` and
    x, y, width, height in pixels. A bare `bbox` could be anything and is refused.
    """
    if isinstance(value, Mapping):
        if "version" in value or "poses" in value or _is_layout(value):
            return parse_layout(value, source, warnings)
        if florence2.is_answer(value):
            return florence2.parse(value, canvas, source, warnings).layouts[0]
        name = next((name for name in LISTS if isinstance(value.get(name), list)), None)
        items: Any = value[name] if name else [value]
    else:
        items = value
    items = read_items(items, "objects", source)
    first = items[0] if items else {}
    if isinstance(first, Mapping) and _is_layout(first):
        from .layout_json import parse as parse_layouts

        return parse_layouts(list(items), source, warnings)
    if bounding_box.is_box(first):
        return bounding_box.parse(list(items), canvas, source, warnings).layouts[0]
    if isinstance(first, Mapping) and ("box_2d" in first or ("type" in first and "bbox" in first)):
        return elements.parse(list(items), canvas, source, warnings)
    return _boxes(items, canvas or Canvas(), Placing(source, warnings))


def _is_layout(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("entities"), list)


def _json_values(text: str) -> Iterator[Any]:
    """Objects and lists of objects in the text: in fences first, then wherever one begins."""
    for block in FENCE.findall(text):
        value = _json(block.strip())
        if value is not None:
            yield value
    decoder = json.JSONDecoder()
    starts = (match.start() for match in re.finditer(r"[\[{]", text))
    for _, start in zip(range(TRIES), starts, strict=False):
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if _says_something(value):
            yield value


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if _says_something(value) else None


def _says_something(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _boxes(items: Any, canvas: Canvas, placing: Placing) -> Layout:
    entities: list[Entity] = []
    for number, item in enumerate(items, 1):
        where = f"{placing.source}: object {number}"
        if not isinstance(item, Mapping):
            raise GligenError(f"{where}: {shown(item)} is not an object; expected {{...}}.")
        if "bbox_2d" in item:
            corners, space = read_four(item["bbox_2d"], "x0 y0 x1 y1 in pixels", where), canvas
        elif "box" in item:
            corners = read_four(item["box"], "x0 y0 x1 y1 in fractions", where)
            space = FRACTIONS
            if max(map(abs, corners)) > 1.5:
                raise GligenError(
                    f"{where}: 'box' {corners} reaches beyond the canvas, which is 0 to 1. Ask the "
                    "model for fractions, or for pixels as x, y, width, height."
                )
        else:
            raise GligenError(
                f"{where}: {shown(item)} has no box whose numbers are certain. Ask the model for "
                "'box': [x0, y0, x1, y1] in fractions."
            )
        box = placing.box(corners, space, where)
        if box is not None:
            phrases = (phrase_of(item.get(name)) for name in PHRASES)
            text = next((phrase for phrase in phrases if phrase), "")
            entities.append(Entity(f"e{len(entities) + 1}", box, text))
    placing.check()
    return canvas.layout(entities)
