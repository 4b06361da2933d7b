"""Elements in thousandths: `{"type": "obj", "bbox": [ymin, xmin, ymax, xmax], "desc": "..."}`.

The `elements` of the host's CreateBoundingBoxes, and, with `box_2d` and `label`, what several
vision models answer. Row comes before column, and 1000 is the far edge whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..layout import Layout, Layouts
from ..layout.fields import shown
from .capabilities import Capabilities
from .field_names import label_of, plain_fields
from .format import Format
from .parsing import UNSAID, Context
from .placing import Candidate, Placing
from .units import CORNERS, placed
from .values import (
    BrokenValue,
    kept,
    kept_field,
    phrase_of,
    read_data,
    read_four,
    read_items,
    sequence,
)

PLACES = ("bbox", "box_2d")  # fields that hold the four numbers
PHRASES = ("desc", "label", "text")  # fields that may name the thing; `text` is lettering
TYPES = ("obj", "text")  # of elements


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is the size of the picture, for display"""
    source, placing = context.source, Placing(context, "elements")
    value = read_data(data, source)
    items = [value] if isinstance(value, Mapping) else read_items(value, "elements", source)
    candidates: list[Candidate] = []
    for number, item in enumerate(items, 1):
        where = f"{source}: element {number}"
        with placing.row():
            candidates.append(_candidate(item, where, placing))
    return sequence(placed([candidates], placing, units="thousandths"), source)


def _candidate(item: Any, where: str, placing: Placing) -> Candidate:
    if not isinstance(item, Mapping) or not any(name in item for name in PLACES):
        raise BrokenValue(
            f"{where}: {shown(item)}; expected an object with 'bbox' [ymin, xmin, ymax, xmax] in "
            "thousandths (0 to 1000)."
        )
    place = next(item[name] for name in PLACES if name in item)
    four = read_four(place, "[ymin, xmin, ymax, xmax], 0 to 1000", where)
    corners = CORNERS[placing.context.options.order or "yxyx"](*four)
    phrases = (phrase_of(item.get(name)) for name in PHRASES)
    text = next((phrase for phrase in phrases if phrase), "") or label_of(plain_fields(item))
    lettering = item.get("text") if item.get("type") == "text" else None
    return placing.candidate(corners, where, text, kept(lettering=lettering))


def dump(layout: Layout, context: Context = UNSAID) -> list[dict[str, Any]]:
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


def recognises(value: Any) -> bool:
    """Objects of the types that elements have, with `bbox`: `type` may be a label elsewhere."""
    items = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(item, Mapping) for item in items) and all(
        isinstance(item, Mapping)
        and item.get("type") in TYPES
        and "bbox" in item
        and "category_id" not in item
        for item in items
    )


FORMAT = Format(
    name="elements",
    title="elements in thousandths",
    sign="`type` of `obj` or `text` with `bbox`: thousandths, row first",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("ARRAY",),
    capabilities=Capabilities(grid="thousandths"),
)
