"""What ComfyUI's own GLIGEN nodes, and KJNodes' batch node, leave on a conditioning.

`("position", model, [(feature, height, width, y, x), ...])`, in cells of 8 pixels from the top
left corner; `("position_batched", model, [[...], ...])` has a list for each picture of the batch.
The phrase is gone: only its CLIP feature is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..bases import CELL_PX
from ..errors import GligenError
from ..layout import Entity, Layouts, still_or_sequence
from ..layout.fields import MAX_SIDE_PX, shown
from .parsing import Canvas, Context
from .placing import Placing
from .values import read_coordinate, read_frames, read_items, scalar

OPTION = "gligen"  # of a conditioning, under which an entry lies
STILL, BATCHED = "position", "position_batched"
NUMBERS = 5
SMALLEST_PX, STEP_PX = 512, 64  # of a canvas that nobody told


class StockGrounding(NamedTuple):
    """features: of each frame's entities, in their order; 1 c each"""

    layouts: Layouts
    features: tuple[tuple[Any, ...], ...]


def parse(entry: Any, context: Context) -> StockGrounding:
    """entry: what lies under `OPTION` · context: its canvas is the picture; None: the smallest of
    whole 64 pixels a side that holds every box, for display · phrases for each box"""
    source = context.source
    kind = entry[0] if isinstance(entry, list | tuple) and len(entry) == 3 else None
    if kind not in (STILL, BATCHED):
        raise GligenError(
            f"{source}: {shown(kind or entry)} is no entry of GLIGENTextBoxApply or of KJNodes' "
            f"batch node; expected {STILL!r} or {BATCHED!r}, a model and a list."
        )
    frames = [entry[2]] if kind == STILL else read_frames(entry[2], source)
    placing = Placing(context, "stock GLIGEN")
    canvas = context.canvas or _holding(frames)
    layouts, features = [], []
    for number, frame in enumerate(frames, 1):
        where = source if kind == STILL else f"{source}: picture {number}"
        placed = _placed(read_items(frame, "boxes", where), canvas, placing, where)
        layouts.append(canvas.layout(entity for entity, _ in placed))
        features.append(tuple(feature for _, feature in placed))
    placing.check(canvas)
    if not layouts:
        raise GligenError(f"{source}: no pictures in the batch.")
    return StockGrounding(still_or_sequence(layouts), tuple(features))


def entry_of(conditioning: Any, source: str = "stock GLIGEN") -> Any:
    """The entry on a conditioning ([text, options] pairs); GligenError if there is none, or if its
    parts have different ones."""
    parts = read_items(conditioning, "parts", source)
    for number, part in enumerate(parts, 1):
        if not isinstance(part, list | tuple) or len(part) != 2 or not isinstance(part[1], Mapping):
            raise GligenError(
                f"{source}: part {number} of this conditioning is {shown(part)}; expected a text "
                "and its options. Wire a conditioning of ComfyUI's own nodes."
            )
    options = [part[1] for part in parts]
    entries = [each[OPTION] for each in options if isinstance(each, Mapping) and OPTION in each]
    if not entries:
        raise GligenError(
            f"{source}: nothing on this conditioning. Wire it behind the GLIGENTextBoxApply nodes."
        )
    if any(_places(entry) != _places(entries[0]) for entry in entries):
        raise GligenError(
            f"{source}: the parts of this conditioning have different boxes. Take the boxes of "
            "each part before the parts are combined."
        )
    return entries[0]


def without_entry(conditioning: Sequence[Any]) -> list[list[Any]]:
    """The conditioning as it was before its boxes."""
    return [
        [text, {name: value for name, value in options.items() if name != OPTION}]
        for text, options in conditioning
    ]


def _holding(frames: Sequence[Any]) -> Canvas:
    """A square that holds every box of every frame, so that none is cut."""
    reach = SMALLEST_PX
    for frame in frames:
        for item in frame if isinstance(frame, list | tuple) else ():
            numbers = [scalar(value) or 0.0 for value in item[1:]] if _is_item(item) else [0.0] * 4
            height, width, y, x = numbers
            reach = max(reach, CELL_PX * (x + width), CELL_PX * (y + height))
    side = STEP_PX * math.ceil(min(reach, MAX_SIDE_PX) / STEP_PX)
    return Canvas(side, side)


def _is_item(item: Any) -> bool:
    return isinstance(item, list | tuple) and len(item) == NUMBERS


def _placed(
    items: Sequence[Any], canvas: Canvas, placing: Placing, where: str
) -> list[tuple[Entity, Any]]:
    phrases = placing.context.options.phrases
    if phrases and len(phrases) != len(items):
        raise GligenError(
            f"{where}: {len(items)} boxes and {len(phrases)} phrases; expected one for each."
        )
    placed: list[tuple[Entity, Any]] = []
    for number, item in enumerate(items):
        place = f"{where}: box {number + 1}"
        if not isinstance(item, list | tuple) or len(item) != NUMBERS:
            raise GligenError(f"{place}: {shown(item)}; expected a feature and four numbers.")
        if not hasattr(item[0], "shape") or len(item[0].shape) == 0:
            raise GligenError(f"{place}: its feature is {shown(item[0])}; expected CLIP's numbers.")
        height, width, y, x = (CELL_PX * read_coordinate(value, place) for value in item[1:])
        box = placing.box(placing.candidate((x, y, x + width, y + height), place), canvas)
        if box is not None:
            text = phrases[number] if phrases else ""
            placed.append((Entity(f"e{number + 1}", box, text), item[0]))
    return placed


def _places(entry: Any, depth: int = 4) -> Any:
    """The numbers of an entry, without its features. depth: of lists in lists"""
    if isinstance(entry, list | tuple) and len(entry) == NUMBERS and hasattr(entry[0], "shape"):
        return [scalar(number) for number in entry[1:]]
    if isinstance(entry, list | tuple):
        return [_places(item, depth - 1) for item in entry] if depth else None
    return entry if isinstance(entry, str | int | float) else None
