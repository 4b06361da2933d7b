"""Scenes by chance: which things, in which colours, where."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ...geometry import Box
from .backgrounds import BACKGROUNDS, VARIANTS
from .paints import COLOURS
from .person import person, random_posture
from .scene import PERSON, WORLD, Item, Scene

SHORTEST = 0.1  # of an item's longer side, in fractions of the picture's shorter side
STRETCH = 1.3  # an item's aspect differs from its drawing's by up to this factor
HIDDEN = 0.35  # of an item's box may be behind others
TRIES = 20  # places tried per item before it is left out


@dataclass(frozen=True, slots=True)
class Choice:
    """What may come in a scene.

    most: items · longest: an item's longer side when it is alone, in fractions of the picture
    small: share of items drawn from the small end of the sizes
    """

    things: tuple[str, ...] = tuple(WORLD)
    backgrounds: tuple[str, ...] = tuple(BACKGROUNDS)
    most: int = 8
    longest: float = 0.85
    small: float = 0.2
    overlaps: bool = True


def random_scene(chance: random.Random, choice: Choice = Choice(), aspect: float = 1.0) -> Scene:
    """A scene of 1 to `choice.most` items; few are as likely as many. aspect: width / height"""
    wanted = chance.randint(1, choice.most)
    items: list[Item] = []
    for _ in range(wanted):
        item = _random_item(chance, choice, wanted, aspect, [item.box for item in items])
        if item:
            items.append(item)
    background = chance.choice(choice.backgrounds)
    return Scene(tuple(items), background, chance.randrange(VARIANTS), aspect)


def _random_item(
    chance: random.Random, choice: Choice, wanted: int, aspect: float, others: list[Box]
) -> Item | None:
    name = chance.choice(choice.things)
    thing = WORLD[name]
    posture = random_posture(chance.uniform) if name == PERSON else None
    shape = person(posture).aspect if posture else thing.drawing.aspect
    colour = chance.choice(tuple(COLOURS)) if thing.coloured else ""
    mirrored = posture is None and chance.random() < 0.5
    stretch = STRETCH ** chance.uniform(-1, 1)
    for _ in range(TRIES):
        width, height = _sides(chance, choice, wanted, shape * stretch, aspect)
        x, y = chance.uniform(0, 1 - width), chance.uniform(0, 1 - height)
        box = Box(x, y, x + width, y + height)
        if _fits(box, others, choice.overlaps):
            return Item(name, colour, box, mirrored, posture)
    return None


def _sides(
    chance: random.Random, choice: Choice, wanted: int, shape: float, aspect: float
) -> tuple[float, float]:
    """Width and height in fractions of the canvas. shape: width / height in pixels"""
    high = choice.longest / (1 + 0.16 * (wanted - 1))
    low = SHORTEST * max(1.0, 0.6 * (max(shape, 1 / shape)))  # thin things stay visible
    if chance.random() < choice.small:
        high = max(0.25, low)
    longer = low * (max(high, low) / low) ** chance.random()  # of the picture's shorter side
    width, height = (longer, longer / shape) if shape >= 1 else (longer * shape, longer)
    return width * min(1, 1 / aspect), height * min(1, aspect)


def _fits(box: Box, others: list[Box], overlaps: bool) -> bool:
    """Whether the box, in front, leaves enough to see of every other."""
    for other in others:
        common = box.intersect(other)
        if common and (not overlaps or common.area > HIDDEN * min(other.area, box.area)):
            return False
    return True
