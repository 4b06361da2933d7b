"""Coordinate strings of KJNodes' editors: `[{"x": 12, "y": 34}, ...]`, a point for each frame.

One path is a flat list, several are a list of lists or a list of strings; single quotes occur. The
points are pixels. The editor's `normalized_str` is no substitute: it is neither x / width nor the
right way up (both of its numbers are 1 - v / height, stretched), so it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layouts, frames_of
from ..layout.fields import MAX_BOXES, shown
from .format import Format
from .parsing import ASSUMED, UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .values import (
    read_coordinate,
    read_data,
    read_fields,
    read_frames,
    read_items,
    sequence,
)

Point = tuple[float, float]


def parse(data: Any, context: Context) -> Layouts:
    """A box of fixed size travels along each path, its centre on the points.

    options: phrases for each path, `box_px`, and `normalised` where the points are 0..1
    (PointsEditor's "normalize"). A shorter path ends sooner: its box disappears.
    """
    source, options = context.source, context.options
    read = _paths(data, source)
    count = sum(len(path) for path in read if isinstance(path, list | tuple))
    if count > MAX_BOXES:
        raise GligenError(f"{source}: {count:,} points; at most {MAX_BOXES:,} are read.")
    paths = [_points(path, f"{source}: path {number}") for number, path in enumerate(read, 1)]
    if options.phrases and len(options.phrases) != len(paths):
        raise GligenError(
            f"{source}: {len(paths)} paths and {len(options.phrases)} phrases; expected one for "
            "each."
        )
    _check_pixels([value for path in paths for point in path for value in point], context)
    canvas, placing = context.canvas or ASSUMED, Placing(context, "coordinates")
    layouts = [
        canvas.layout(placing.entities(_frame(paths, number, canvas, placing), canvas))
        for number in range(max((len(path) for path in paths), default=0))
    ]
    placing.check(canvas)
    return sequence(layouts, source)


def recognises(value: Any) -> bool:
    """Points that are nothing but x and y, in a list or in lists, which may be text."""
    if not isinstance(value, list | tuple) or not value:
        return False
    first = value[0]
    if isinstance(first, list | tuple) and first:
        first = first[0]
    if isinstance(first, str):
        return first.lstrip()[:2] == "[{" and '"x"' in first.replace("'", '"')
    return isinstance(first, Mapping) and set(first) == {"x", "y"}


def _check_pixels(numbers: Sequence[float], context: Context) -> None:
    if (
        not context.options.normalised
        and len(numbers) > 2
        and all(0 <= value <= 1 for value in numbers)
    ):
        raise GligenError(
            f"{context.source}: every number is between 0 and 1, but pixels are expected. Wire "
            "'coord_str' (not 'normalized_str', whose numbers are no places in the picture)."
        )


def dump(layouts: Layouts, context: Context = UNSAID) -> str:
    """The centres of each entity's boxes, in whole pixels: a flat list for one, else lists."""
    frames = frames_of(layouts)
    ids = list(dict.fromkeys(entity.id for layout in frames for entity in layout.entities))
    paths = [
        [
            _centre(entity, layout.width, layout.height)
            for layout in frames
            for entity in layout.entities
            if entity.id == id_
        ]
        for id_ in ids
    ]
    return json.dumps(paths[0] if len(paths) == 1 else paths)


def _paths(data: Any, source: str) -> Sequence[Any]:
    value = _read(data, source)
    items = read_items(value, "points or paths", source)
    if items and isinstance(items[0], Mapping):
        return [items]
    return [_read(item, f"{source}: path {number}") for number, item in enumerate(items, 1)]


def _read(data: Any, source: str) -> Any:
    return read_data(data.replace("'", '"') if isinstance(data, str) else data, source)


def _points(path: Any, where: str) -> list[Point]:
    points: list[Point] = []
    for number, item in enumerate(read_frames(path, where), 1):
        place = f"{where}: point {number}"
        fields = read_fields(item, place)
        if "x" not in fields or "y" not in fields:
            raise GligenError(f"{place}: {shown(item)}; expected an object with x and y.")
        points.append(
            (
                read_coordinate(fields["x"], f"{place}: x"),
                read_coordinate(fields["y"], f"{place}: y"),
            )
        )
    return points


def _frame(
    paths: Sequence[Sequence[Point]], frame: int, canvas: Canvas, placing: Placing
) -> list[Candidate]:
    options = placing.context.options
    scale = (canvas.width, canvas.height) if options.normalised else (1, 1)
    half_width, half_height = options.box_px[0] / 2, options.box_px[1] / 2
    candidates: list[Candidate] = []
    for number, path in enumerate(paths):
        if frame >= len(path):
            continue
        x, y = path[frame][0] * scale[0], path[frame][1] * scale[1]
        corners = (x - half_width, y - half_height, x + half_width, y + half_height)
        where = f"{placing.source}: path {number + 1}, point {frame + 1}"
        text = options.phrases[number] if options.phrases else ""
        candidates.append(placing.candidate(corners, where, text, id=f"e{number + 1}"))
    return candidates


def _centre(entity: Entity, width: int, height: int) -> dict[str, int]:
    x0, y0, x1, y1 = entity.box.pixels(width, height)
    return {"x": round((x0 + x1) / 2), "y": round((y0 + y1) / 2)}


FORMAT = Format(
    name="coordinates",
    title="coordinate strings",
    sign="points that are nothing but `x` and `y`",
    recognises=recognises,
    parse=parse,
    dump=dump,
)
