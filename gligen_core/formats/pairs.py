"""Names with places: `[["dog", [x0, y0, x1, y1]], ...]` or `{"dog": [x0, y0, x1, y1], ...}`.

Under `object_list` the numbers are two corners; elsewhere their order is asked for. The places may
also name their sides: `{"dog": {"x0": ...}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..layout import Layout, Layouts
from .field_names import label_of, plain_fields
from .format import Format
from .parsing import Context, Order
from .places import has_place
from .rows import LISTS as WRAPS
from .rows import Shape, canvas_in, order_in, read_rows
from .units import is_upper_left_first
from .values import kept_texts, scalar

LISTS = ("object_list", "objects", "layout", "boxes", "gen_boxes", "bounding_boxes")
FOUR = 4
KINDS = (list, tuple, Mapping)


def parse(data: Any, context: Context) -> Layouts:
    """The prompt beside an `object_list` rides along."""
    pairs = _pairs(data) or []
    rows = [_row(name, place) for name, place in pairs]
    fields = data if isinstance(data, Mapping) else {}
    order, units = order_in(fields)
    if order is None and "object_list" in fields:
        order = _corners(rows)
    shape = Shape("names with places", canvas_in(fields, context.source), order, units)
    prompt = fields.get("prompt")
    layout = read_rows(rows, context, shape)
    extra = kept_texts(prompt=prompt if isinstance(prompt, str) else "")
    return with_extra(layout, extra)


def recognises(value: Any) -> bool:
    """Pairs of a name and a place, in a list or as the fields of an object."""
    return bool(_pairs(value))


def with_extra(layouts: Layouts, extra: tuple[tuple[str, str], ...]) -> Layouts:
    """The same with texts riding along, if it is a single picture."""
    return replace(layouts, extra=extra) if extra and isinstance(layouts, Layout) else layouts


def _pairs(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Mapping):
        if has_place(value):
            return None
        inner = next((value[n] for n in LISTS if isinstance(value.get(n), KINDS)), None)
        if inner is not None:
            return _pairs(inner)
        places = [(n, place) for n, place in value.items() if n not in WRAPS and _is_place(place)]
        others = [place for _, place in value.items() if isinstance(place, Mapping | list | tuple)]
        if not places or len(places) < len(others):
            return None
        return [pair for name, place in places for pair in _each(name, place)]
    if not isinstance(value, list | tuple) or not value:
        return None
    pairs = [pair for item in value if (pair := _pair(item)) is not None]
    if len(pairs) < len(value) or not all(_is_place(place) for _, place in pairs):
        return None
    return [pair for name, place in pairs for pair in _each(name, place)]


def _pair(item: Any) -> tuple[str, Any] | None:
    """["dog", place], or {"dog": place}"""
    if isinstance(item, Mapping) and len(item) == 1 and not has_place(item):
        item = next(iter(item.items()))
    if isinstance(item, list | tuple) and len(item) == 2 and isinstance(item[0], str):
        return item[0], item[1]
    return None


def _each(name: Any, place: Any) -> list[tuple[str, Any]]:
    """A place, or each of a list of them, under one name."""
    if isinstance(place, list | tuple) and not _is_four(place):
        return [(str(name)[:300], each) for each in place]
    return [(str(name)[:300], place)]


def _is_place(value: Any) -> bool:
    """Four numbers or an object of sides that has no name of its own, or a list of them."""
    if isinstance(value, list | tuple) and value and not _is_four(value):
        return all(_is_four(each) or _is_nameless(each) for each in value)
    return _is_four(value) or _is_nameless(value)


def _is_nameless(value: Any) -> bool:
    return isinstance(value, Mapping) and has_place(value) and not label_of(plain_fields(value))


def _is_four(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == FOUR
        and all(scalar(number) is not None for number in value)
    )


def _row(name: str, place: Any) -> dict[str, Any]:
    if isinstance(place, Mapping):
        return {**place, "phrase": name}
    return {"phrase": name, "bbox": place}


def _corners(rows: list[dict[str, Any]]) -> Order | None:
    """Two corners, if all of them can be."""
    fours = [row["bbox"] for row in rows if "bbox" in row]
    return "xyxy" if is_upper_left_first(fours) else None


FORMAT = Format(
    name="names with places",
    sign="pairs of a name and four numbers or named sides",
    recognises=recognises,
    parse=parse,
)
