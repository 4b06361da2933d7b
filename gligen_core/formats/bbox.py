"""BBOX: tuples of four pixels without labels, in one of four orders.

The wire says neither which of them nor how large the picture is, so both are asked for.
"""

from __future__ import annotations

from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, frames_of
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Context, Options, Order
from .placing import Candidate, Placing
from .units import CORNERS, placed
from .values import is_array, read_data, read_four, read_frames, read_items, scalar, sequence

WRITTEN: tuple[Order, ...] = ("xyxy", "xywh")


def parse(data: Any, context: Context) -> Layouts:
    """data: four numbers, a list of them (one picture), or a list of such lists (frames)"""
    source, order = context.source, context.options.order
    if order is None or order not in CORNERS:
        raise GligenError(
            f"{source}: four numbers can mean x0, y0, x1, y1 or x, y, width, height, the centre "
            "and the size, or rows first. Set `order` to 'xyxy' or 'xywh', 'cxcywh' or 'yxyx' "
            "(GLIGEN_LayoutFromBoxes has it): the node that made them says which."
        )
    value, placing = read_data(data, source), Placing(context, f"BBOX {order}")
    depth = _depth(value, source)
    frames = [[value]] if depth == 1 else [value] if depth == 2 else read_frames(value, source)
    candidates = [
        _frame(frame, order, placing, f"{source}: frame {number}" if depth > 2 else source)
        for number, frame in enumerate(frames, 1)
    ]
    return sequence(placed(candidates, placing), source)


def dump(layouts: Layouts, context: Context = UNSAID) -> list[list[tuple[int, int, int, int]]]:
    """A list of whole-pixel tuples for each frame, in the order of the options, else xywh."""
    order = context.options.order or "xywh"
    return [
        [_dump(entity, layout, order) for entity in layout.entities]
        for layout in frames_of(layouts)
    ]


def recognises(value: Any) -> bool:
    """Numbers and lists of them; arrays count. Empty lists are pictures without boxes."""
    if not _is_list(value):
        return False
    for _ in range(3):
        filled = [item for item in value if not (_is_list(item) and len(item) == 0)]
        if not filled or scalar(filled[0]) is not None:
            return True
        if not _is_list(filled[0]):
            return False
        value = filled[0]
    return False


def _is_list(value: Any) -> bool:
    """Whether it is a list, a tuple, or an array of one axis or more."""
    return isinstance(value, list | tuple) or (is_array(value) and getattr(value, "ndim", 1) > 0)


def _frame(value: Any, order: Order, placing: Placing, where: str) -> list[Candidate]:
    candidates: list[Candidate] = []
    for number, item in enumerate(read_items(value, "boxes", where), 1):
        place = f"{where}: box {number}"
        with placing.row():
            four = read_four(item, f"one box, {order}", place)
            candidates.append(placing.candidate(CORNERS[order](*four), place))
    return candidates


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


FORMAT = Format(
    name="BBOX",
    title="BBOX tuples",
    sign="bare numbers, whose order is asked for",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("BBOX",),
    needs="order",
    capabilities=Capabilities(phrases=False, frames=True),
    variants=tuple((f"BBOX {order}", Options(order=order)) for order in WRITTEN),
)
