"""COCO results: a list of `{"image_id", "category_id", "bbox": [x, y, width, height], "score"}`.

What detectors write for the evaluation; also annotations taken out of their data set. The names of
the categories are elsewhere, and so is the size of the pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..layout import Layouts
from .choosing import chosen
from .coco import names_in, read_annotations
from .format import Format
from .parsing import Context
from .placing import Placing
from .values import key_of, read_fields, read_items

MARKS = frozenset(("image_id", "iscrowd", "area", "segmentation", "category_id"))
NEEDED = 2  # of the marks


def parse(data: Any, context: Context) -> Layouts:
    """One picture's results; the options' `picture` is its id where there are several."""
    source = context.source
    rows = read_items(_rows(data), "results", source)
    named = [
        (number, read_fields(row, f"{source}: annotation {number}"))
        for number, row in enumerate(rows, 1)
    ]
    ids = list(dict.fromkeys(key_of(row.get("image_id")) for _, row in named))
    wanted = ids[chosen(ids, context)] if ids else ""
    kept = [(number, row) for number, row in named if key_of(row.get("image_id")) == wanted]
    names = names_in(data, source) if isinstance(data, Mapping) else {}
    placing = Placing(context, "COCO results")
    return read_annotations(kept, names, None, placing)


def recognises(value: Any) -> bool:
    """Objects with `bbox` and two of the fields that only COCO has."""
    rows = _rows(value)
    return (
        isinstance(rows, list | tuple)
        and bool(rows)
        and all(
            isinstance(row, Mapping)
            and ("bbox" in row or "keypoints" in row)
            and len(MARKS & row.keys()) >= NEEDED
            for row in rows
        )
    )


def _rows(value: Any) -> Any:
    """The list, or that of an object that holds nothing but annotations."""
    if isinstance(value, Mapping):
        return value.get("annotations", [value] if "bbox" in value else None)
    return value


FORMAT = Format(
    name="COCO results",
    sign="`bbox` with two of `image_id`, `category_id`, `iscrowd`, `area`, `segmentation`",
    recognises=recognises,
    parse=parse,
)
