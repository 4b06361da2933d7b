"""LabelMe: `{"shapes": [{"label", "points", "shape_type"}], "imageWidth", "imageHeight"}`."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import Any

from ..layout import Layouts
from .format import Format
from .parsing import Context
from .rows import Shape, canvas_in, read_rows
from .values import BrokenValue, read_fields, read_four, read_items

FLAT = ("point", "points", "line", "linestrip")  # shapes without an area


def parse(data: Any, context: Context) -> Layouts:
    """Boxes around rectangles, polygons and circles; points and lines are left out."""
    fields = read_fields(data, context.source)
    rows: list[Any] = []
    for number, row in enumerate(read_items(fields["shapes"], "shapes", context.source), 1):
        if isinstance(row, Mapping) and row.get("shape_type") in FLAT:
            context.tally.left["no area"] += 1
            context.note(f"{context.source}: shape {number} is a {row['shape_type']}; left out.")
        elif isinstance(row, Mapping) and row.get("shape_type") == "circle":
            rows.append(_circle(row, f"{context.source}: shape {number}"))
        else:
            rows.append(row)
    canvas = canvas_in(fields, context.source)
    return read_rows(rows, context, Shape("LabelMe", canvas, word="shape"))


def recognises(value: Any) -> bool:
    """An object with shapes of points."""
    if not isinstance(value, Mapping) or not isinstance(value.get("shapes"), list | tuple):
        return False
    shapes = value["shapes"]
    is_named = "imagePath" in value or "imageWidth" in value
    return is_named or (
        bool(shapes) and all(isinstance(s, Mapping) and "points" in s for s in shapes)
    )


def _circle(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Its points are the centre and one on the edge."""
    points = row.get("points")
    if not isinstance(points, list | tuple) or len(points) != 2:
        raise BrokenValue(f"{where}: a circle has a centre and a point on its edge.")
    flat = [n for point in points if isinstance(point, list | tuple) for n in point]
    x, y, edge_x, edge_y = read_four(flat, "two points", where)
    radius = hypot(edge_x - x, edge_y - y)
    return {**row, "points": [[x - radius, y - radius], [x + radius, y + radius]]}


FORMAT = Format(
    name="LabelMe",
    sign="`shapes` of `points`, `imageWidth` and `imageHeight`",
    recognises=recognises,
    parse=parse,
)
