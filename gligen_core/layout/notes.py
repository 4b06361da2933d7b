"""What a person may not have meant in a layout: said, not refused."""

from __future__ import annotations

from collections.abc import Iterable

from ..geometry import Box
from .types import Entity, Layout

SAME_PLACE = 0.01  # of the canvas, for each edge; as the editor (web/boxes/model.js) has it
MOST_TOLD = 3  # pairs: a layout copied onto itself needs no list
EMPTY = "the layout is empty: nothing is grounded, and the picture follows the prompt alone."


def notes_on_boxes(layouts: Iterable[Layout]) -> list[str]:
    """Sentences on layouts that are read for their boxes: no boxes at all, two at one place."""
    frames = tuple(layouts)
    if not any(frame.entities for frame in frames):
        return [EMPTY]
    pairs = dict.fromkeys(
        f"{_named(under)} and {_named(upper)}"
        for frame in frames
        for under, upper in at_one_place(frame.entities)
    )
    told = [f"{pair} lie at one place." for pair in list(pairs)[:MOST_TOLD]]
    more = len(pairs) - len(told)
    return [*told, f"So do {more} more pairs of boxes."] if more else told


def at_one_place(entities: tuple[Entity, ...]) -> list[tuple[Entity, Entity]]:
    """Each entity that hides an earlier one, with the nearest below it."""
    found = []
    for index, upper in enumerate(entities):
        below = (each for each in reversed(entities[:index]) if _alike(each.box, upper.box))
        if under := next(below, None):
            found.append((under, upper))
    return found


def _alike(box: Box, other: Box) -> bool:
    edges = zip(box.as_tuple(), other.as_tuple(), strict=True)
    return all(abs(one - two) <= SAME_PLACE + 1e-9 for one, two in edges)


def _named(entity: Entity) -> str:
    return repr(entity.text.strip() or entity.id)
