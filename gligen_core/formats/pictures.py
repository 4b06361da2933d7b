"""Several pictures of objects with places, as annotation tools export data sets in one list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..layout import Layouts
from .choosing import Picture
from .format import Format
from .parsing import Context
from .places import has_place
from .rows import canvas_in, names_of, read_pictures, rows_in
from .values import read_items


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which."""
    pictures: list[Picture] = []
    for value in read_items(data, "pictures", context.source):
        found = rows_in(value)
        rows = found[0] if found else ()
        pictures.append(Picture(names_of(value), canvas_in(value, context.source), rows))
    return read_pictures(pictures, context, "objects of one of several pictures")


def recognises(value: Any) -> bool:
    """A list of objects that hold objects with places, and a name each."""
    return (
        isinstance(value, list | tuple)
        and len(value) > 1
        and all(isinstance(item, Mapping) and not has_place(item) for item in value)
        and any(rows_in(item) is not None for item in value)
        and all(names_of(item) for item in value)
    )


FORMAT = Format(
    name="pictures",
    title="objects of several pictures (CreateML, ...)",
    sign="a list of pictures with names that hold objects with places",
    recognises=recognises,
    parse=parse,
)
