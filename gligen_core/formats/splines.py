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
from ..layout import Entity, Layouts, LayoutSequence, frames_of
from ..layout.fields import MAX_BOXES, shown
from .reading import (
    Canvas,
    Placing,
    read_coordinate,
    read_data,
    read_fields,
    read_frames,
    read_items,
    sequence,
)

DEFAULT_BOX = (128, 128)  # width and height in pixels, as in the nodes that read these strings
Point = tuple[float, float]


def parse(
    data: Any,
    canvas: Canvas | None = None,
    phrases: Sequence[str] = (),
    box_px: tuple[int, int] = DEFAULT_BOX,
    fractions: bool = False,
    source: str = "coordinates",
    warnings: list[str] | None = None,
) -> LayoutSequence:
    """A box of fixed size travels along each path, its centre on the points.

    canvas: size of the picture · phrases: one for each path · fractions: the points are 0..1
    (PointsEditor's "normalize"), not pixels. A shorter path ends sooner: its box disappears.
    """
    canvas = canvas or Canvas()
    read = _paths(data, source)
    count = sum(len(path) for path in read if isinstance(path, list | tuple))
    if count > MAX_BOXES:
        raise GligenError(f"{source}: {count:,} points; at most {MAX_BOXES:,} are read.")
    paths = [_points(path, f"{source}: path {number}") for number, path in enumerate(read, 1)]
    if phrases and len(phrases) != len(paths):
        raise GligenError(
            f"{source}: {len(paths)} paths and {len(phrases)} phrases; expected one for each."
        )
    everywhere = [value for path in paths for point in path for value in point]
    if not fractions and len(everywhere) > 2 and all(0 <= value <= 1 for value in everywhere):
        raise GligenError(
            f"{source}: every number is between 0 and 1, but pixels are expected. Wire 'coord_str' "
            "(not 'normalized_str', whose numbers are no places in the picture)."
        )
    placing = Placing(source, warnings)
    scale = (canvas.width, canvas.height) if fractions else (1, 1)
    layouts = [
        canvas.layout(_entities(paths, n, phrases, scale, box_px, canvas, placing, source))
        for n in range(max((len(path) for path in paths), default=0))
    ]
    placing.check()
    return sequence(layouts, source)


def dump(layouts: Layouts) -> str:
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


def _entities(
    paths: Sequence[Sequence[Point]],
    frame: int,
    phrases: Sequence[str],
    scale: tuple[int, int],
    box_px: tuple[int, int],
    canvas: Canvas,
    placing: Placing,
    source: str,
) -> list[Entity]:
    entities: list[Entity] = []
    for number, path in enumerate(paths):
        if frame >= len(path):
            continue
        x, y = path[frame][0] * scale[0], path[frame][1] * scale[1]
        half_width, half_height = box_px[0] / 2, box_px[1] / 2
        corners = (x - half_width, y - half_height, x + half_width, y + half_height)
        box = placing.box(corners, canvas, f"{source}: path {number + 1}, point {frame + 1}")
        if box is not None:
            text = phrases[number] if phrases else ""
            entities.append(Entity(f"e{number + 1}", box, text))
    return entities


def _centre(entity: Entity, width: int, height: int) -> dict[str, int]:
    x0, y0, x1, y1 = entity.box.pixels(width, height)
    return {"x": round((x0 + x1) / 2), "y": round((y0 + y1) / 2)}
