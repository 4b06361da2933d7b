"""Layout sets for measuring: seeded, and from another random stream than the training scenes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout

CANVASES_PX = ((128, 128), (192, 128), (128, 192))  # square, 3:2 and 2:3
OBJECTS = (1, 4)  # fewest, most
SIDE = (0.2, 0.6)  # of a box, in fractions of the canvas
HARD_SIDE = (0.1, 0.25)  # down to sides that no shape of the demo's training had
GAP = 0.02  # at least so much canvas between two boxes
TRIES = 200  # places tried for a box before the picture is begun anew

# Mixed into the seed, so that no seed gives the stream of a training run ("held out" in ASCII).
_STREAM = int.from_bytes(b"held out", "big")


def held_out_layouts(count: int, seed: int, phrases: Sequence[Sequence[str]]) -> list[Layout]:
    """Held-out set: `count` layouts of 1 to 4 objects in boxes that do not touch.

    phrases: one row per colour, such as ("a red circle", "a red square"). A colour occurs once in
    a layout, so that what is found can be told apart. Layout n depends on the seed and on n alone:
    a longer list begins with the shorter one.
    """
    if count < 1:
        raise GligenError(f"{count} layouts: expected at least 1.")
    if len(phrases) < OBJECTS[1]:
        raise GligenError(f"{len(phrases)} colours: expected {OBJECTS[1]}, one for each object.")
    return [_layout(np.random.default_rng([_STREAM, seed, n]), phrases) for n in range(count)]


def hard_layouts(count: int, seed: int, phrases: Sequence[Sequence[str]]) -> list[Layout]:
    """Hard set: as held_out_layouts, but of the most objects, and those small."""
    most = OBJECTS[1]
    return [
        _layout(np.random.default_rng([_STREAM, seed, n]), phrases, (most, most), HARD_SIDE)
        for n in range(count)
    ]


def _layout(
    random: np.random.Generator,
    phrases: Sequence[Sequence[str]],
    objects: tuple[int, int] = OBJECTS,
    side: tuple[float, float] = SIDE,
) -> Layout:
    width, height = CANVASES_PX[random.integers(len(CANVASES_PX))]
    fewest, most = objects
    count = int(random.integers(fewest, most + 1))
    colours = random.permutation(len(phrases))[:count]
    entities = tuple(
        Entity(id=f"e{n}", box=box, text=str(random.choice(phrases[colour])))
        for n, (box, colour) in enumerate(
            zip(_boxes(random, count, side), colours, strict=True), start=1
        )
    )
    return Layout(entities=entities, width=width, height=height)


def _boxes(random: np.random.Generator, count: int, side: tuple[float, float]) -> list[Box]:
    while True:
        boxes: list[Box] = []
        for _ in range(TRIES):
            box = _box(random, side)
            if all(_apart(box, other) for other in boxes):
                boxes.append(box)
            if len(boxes) == count:
                return boxes


def _box(random: np.random.Generator, side: tuple[float, float]) -> Box:
    """Corners on hundredths of the canvas: as a person would write them."""
    width, height = random.uniform(*side, size=2)
    x0, y0 = random.uniform(0, 1 - width), random.uniform(0, 1 - height)
    return Box.of(round(float(value), 2) for value in (x0, y0, x0 + width, y0 + height))


def _apart(a: Box, b: Box) -> bool:
    return a.x1 + GAP <= b.x0 or b.x1 + GAP <= a.x0 or a.y1 + GAP <= b.y0 or b.y1 + GAP <= a.y0
