"""Notes on a layout: what a person may not have meant, said and not refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..geometry import Box
from .types import Entity, Layout

SAME_PLACE = 0.01  # of the canvas, for each edge; as the editor (web/boxes/model.js) has it
MOST_TOLD = 3  # pairs: a layout copied onto itself needs no list
EMPTY = "the layout is empty: nothing is grounded, and the picture follows the prompt alone."

_CHOICE = re.compile(r"\{[^{}]*\|[^{}]*\}")


def notes_on_boxes(layouts: Iterable[Layout]) -> list[str]:
    """Sentences on layouts that are read for their boxes: none at all, two at one place, braces."""
    frames = tuple(layouts)
    if not any(frame.entities for frame in frames):
        return [EMPTY]
    return [*_pairs(frames), *_braces(frames)]


def _pairs(frames: tuple[Layout, ...]) -> list[str]:
    pairs = dict.fromkeys(
        f"{_named(under)} and {_named(upper)}"
        for frame in frames
        for under, upper in at_one_place(frame.entities)
    )
    told = [f"{pair} lie at one place." for pair in list(pairs)[:MOST_TOLD]]
    more = len(pairs) - len(told)
    return [*told, f"So do {more} more pairs of boxes."] if more else told


def _braces(frames: tuple[Layout, ...]) -> list[str]:
    """Notes on choices in braces: the page makes them in text boxes; a layout keeps them."""
    phrases = dict.fromkeys(
        entity.text for frame in frames for entity in frame.entities if _CHOICE.search(entity.text)
    )
    return [
        f"{phrase!r} is read as it stands: between braces the page chooses in text boxes, such as "
        "those of GLIGEN_Box, and not on a canvas."
        for phrase in list(phrases)[:MOST_TOLD]
    ]


def at_one_place(entities: tuple[Entity, ...]) -> list[tuple[Entity, Entity]]:
    """Pairs at one place: each entity that hides an earlier one, behind the nearest below it."""
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
