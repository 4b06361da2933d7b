"""BBOX: tuples of four pixels without labels, either x0 y0 x1 y1 or x y width height.

The wire says neither which of the two nor how large the picture is, so both are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, LayoutSequence, frames_of
from .reading import (
    Canvas,
    Placing,
    corners_of,
    read_data,
    read_four,
    read_frames,
    read_items,
    scalar,
    sequence,
)

Order = Literal["xyxy", "xywh"]
ORDERS = get_args(Order)


def parse(
    data: Any,
    order: Order | None,
    canvas: Canvas | None = None,
    source: str = "BBOX",
    warnings: list[str] | None = None,
) -> LayoutSequence:
    """data: four numbers, a list of them (one picture), or a list of such lists (frames)"""
    if order is None or order not in ORDERS:
        raise GligenError(
            f"{source}: four numbers can mean x0, y0, x1, y1 or x, y, width, height. "
            "Set `order` to 'xyxy' or 'xywh' (GLIGEN_LayoutFromBoxes has it): the node that made "
            "them says which."
        )
    value, canvas = read_data(data, source), canvas or Canvas()
    placing = Placing(source, warnings)
    depth = _depth(value, source)
    frames = [[value]] if depth == 1 else [value] if depth == 2 else read_frames(value, source)
    layouts = [
        _frame(frame, order, canvas, placing, f"{source}: frame {number}" if depth > 2 else source)
        for number, frame in enumerate(frames, 1)
    ]
    placing.check()
    return sequence(layouts, source)


def dump(layouts: Layouts, order: Order) -> list[list[tuple[int, int, int, int]]]:
    """A list of whole-pixel tuples for each frame."""
    return [
        [_dump(entity, layout, order) for entity in layout.entities]
        for layout in frames_of(layouts)
    ]


def _frame(value: Any, order: Order, canvas: Canvas, placing: Placing, where: str) -> Layout:
    entities: list[Entity] = []
    for number, item in enumerate(read_items(value, "boxes", where), 1):
        place = f"{where}: box {number}"
        four = read_four(item, f"one box, {order} in pixels", place)
        corners: Sequence[float] = four if order == "xyxy" else corners_of(*four)
        box = placing.box(corners, canvas, place)
        if box is not None:
            entities.append(Entity(f"e{len(entities) + 1}", box))
    return canvas.layout(entities)


def _depth(value: Any, source: str) -> int:
    """1 for a box, 2 for a list of boxes, 3 for frames; an empty list is a picture without any."""
    for depth in range(3):
        if scalar(value) is not None:
            return max(depth, 1)
        items = read_items(value, "numbers or boxes", source)
        filled = [item for item in items if not isinstance(item, list | tuple) or item]
        if not filled:
            return 3 if items else 2
        value = filled[0]
    return 3


def _dump(entity: Entity, layout: Layout, order: Order) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(layout.width, layout.height))
    x0, y0 = min(x0, layout.width - 1), min(y0, layout.height - 1)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    return (x0, y0, x1, y1) if order == "xyxy" else (x0, y0, x1 - x0, y1 - y0)
