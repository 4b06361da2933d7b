"""VGG Image Annotator: `{key: {"filename", "regions": [{"shape_attributes", ...}]}}`.

A project holds the same under `_via_img_metadata`; older versions count regions in an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..layout import Layouts
from ..layout.fields import shown
from .choosing import Picture
from .field_names import label_of, plain_fields
from .format import Format
from .parsing import Context
from .rows import canvas_in, names_of, read_pictures
from .values import BrokenValue, read_coordinate

SIDES = ("x", "y", "width", "height")


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which. The files do not know the size of their pictures."""
    pictures: list[Picture] = []
    for each in _pictures(data):
        rows: list[Any] = []
        for number, region in enumerate(_regions(each), 1):
            try:
                rows.append(_row(region, f"{context.source}: region {number}"))
            except BrokenValue as mistake:
                context.tally.left["broken"] += 1
                context.note(f"{mistake} Left out.")
        pictures.append(Picture(names_of(each), canvas_in(each, context.source), rows))
    return read_pictures(pictures, context, "VIA")


def recognises(value: Any) -> bool:
    """A project, or pictures of regions with `shape_attributes`."""
    return bool(_pictures(value))


def _pictures(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, Mapping):
        return []
    inner = value.get("_via_img_metadata", value)
    pictures = inner.values() if isinstance(inner, Mapping) else ()
    return [each for each in pictures if isinstance(each, Mapping) and _is_picture(each)]


def _is_picture(value: Mapping[str, Any]) -> bool:
    regions = _regions(value)
    return (
        "filename" in value
        and "regions" in value
        and (
            not regions or any(isinstance(r, Mapping) and "shape_attributes" in r for r in regions)
        )
    )


def _regions(value: Mapping[str, Any]) -> Sequence[Any]:
    regions = value.get("regions")
    if isinstance(regions, Mapping):
        return list(regions.values())
    return regions if isinstance(regions, list | tuple) else ()


def _row(region: Any, where: str) -> dict[str, Any]:
    fields = region if isinstance(region, Mapping) else {}
    shape, named = fields.get("shape_attributes"), fields.get("region_attributes")
    if not isinstance(shape, Mapping):
        raise BrokenValue(f"{where}: {shown(region)} has no 'shape_attributes'.")
    own = plain_fields(named) if isinstance(named, Mapping) else {}
    words = (value for value in own.values() if isinstance(value, str) and value.strip())
    text = label_of(own) or next(words, "")
    if all(side in shape for side in SIDES):
        x, y, width, height = (read_coordinate(shape[side], where) for side in SIDES)
        return {"label": text, "xyxy": [x, y, x + width, y + height]}
    xs, ys = shape.get("all_points_x"), shape.get("all_points_y")
    if isinstance(xs, list | tuple) and isinstance(ys, list | tuple) and len(xs) == len(ys):
        return {"label": text, "points": [list(point) for point in zip(xs, ys, strict=True)]}
    across = shape.get("r", shape.get("rx"))
    if across is not None and "cx" in shape:
        x, y, wide, high = (
            read_coordinate(value, where)
            for value in (shape["cx"], shape.get("cy"), across, shape.get("r", shape.get("ry")))
        )
        return {"label": text, "xyxy": [x - wide, y - high, x + wide, y + high]}
    raise BrokenValue(f"{where}: {shown(shape.get('name'))} has no area.")


FORMAT = Format(
    name="VIA",
    title="VGG Image Annotator",
    sign="`regions` with `shape_attributes`",
    recognises=recognises,
    parse=parse,
)
