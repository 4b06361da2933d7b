"""Elements in thousandths: `{"type": "obj", "bbox": [ymin, xmin, ymax, xmax], "desc": "..."}`.

The `elements` of the host's CreateBoundingBoxes, and, with `box_2d` and `label`, what several
vision models answer. Row comes before column, and 1000 is the far edge whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import shown
from .reading import (
    THOUSANDTHS,
    Canvas,
    Placing,
    kept,
    kept_field,
    phrase_of,
    read_data,
    read_four,
    read_items,
)

PLACES = ("bbox", "box_2d")  # fields that hold the four numbers
PHRASES = ("desc", "label", "text")  # fields that may name the thing; `text` is lettering


def parse(
    data: Any,
    canvas: Canvas | None = None,
    source: str = "elements",
    warnings: list[str] | None = None,
) -> Layout:
    """canvas: size of the picture, for display"""
    value = read_data(data, source)
    items = [value] if isinstance(value, Mapping) else read_items(value, "elements", source)
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    for number, item in enumerate(items, 1):
        where = f"{source}: element {number}"
        if not is_element(item):
            raise GligenError(
                f"{where}: {shown(item)}; expected an object with 'bbox' "
                "[ymin, xmin, ymax, xmax] in thousandths (0 to 1000)."
            )
        place = next(item[name] for name in PLACES if name in item)
        y0, x0, y1, x1 = read_four(place, "[ymin, xmin, ymax, xmax], 0 to 1000", where)
        box = placing.box((x0, y0, x1, y1), THOUSANDTHS, where)
        if box is not None:
            phrases = (phrase_of(item.get(name)) for name in PHRASES)
            text = next((phrase for phrase in phrases if phrase), "")
            lettering = item.get("text") if item.get("type") == "text" else None
            entities.append(
                Entity(f"e{len(entities) + 1}", box, text, extra=kept(lettering=lettering))
            )
    placing.check()
    return (canvas or Canvas()).layout(entities)


def dump(layout: Layout) -> list[dict[str, Any]]:
    """Whole thousandths."""
    elements: list[dict[str, Any]] = []
    for entity in layout.entities:
        x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(1000, 1000))
        x0, y0 = min(x0, 999), min(y0, 999)
        lettering = kept_field(entity, "lettering")
        elements.append(
            {
                "type": "obj" if lettering is None else "text",
                "bbox": [y0, x0, max(y1, y0 + 1), max(x1, x0 + 1)],
                **({} if lettering is None else {"text": lettering}),
                "desc": entity.text,
            }
        )
    return elements


def is_element(value: Any) -> bool:
    return isinstance(value, Mapping) and any(name in value for name in PLACES)
