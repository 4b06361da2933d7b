"""Batches of drawings as tensors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .world.painting import picture
from .world.paints import COLOURS
from .world.random_scene import Choice, random_scene
from .world.scene import WORLD, Scene

# Height and width of the pictures of each step, in turn; a batch has one size.
CANVASES = ((128, 128), (128, 128), (128, 192), (128, 128), (192, 128))
MOST = 8  # items of a scene
THING_NAMES, COLOUR_NAMES = tuple(WORLD), tuple(COLOURS)
NO_COLOUR = -1  # of a thing that comes in its own


class Items(NamedTuple):
    """The items of b scenes, up to MOST each.

    boxes: b n 4 (x0 y0 x1 y1, fractions) · present: b n bool
    thing, colour: b n, rows of THING_NAMES and COLOUR_NAMES; NO_COLOUR where it has its own
    """

    boxes: Tensor
    present: Tensor
    thing: Tensor
    colour: Tensor


def canvas_at(step: int) -> tuple[int, int]:
    """Height and width in pixels."""
    return CANVASES[step % len(CANVASES)]


def random_scenes(
    chance: random.Random, count: int, choice: Choice, size: tuple[int, int]
) -> list[Scene]:
    """size: height and width"""
    return [random_scene(chance, choice, size[1] / size[0]) for _ in range(count)]


def pictures(scenes: Sequence[Scene], size: tuple[int, int]) -> Tensor:
    """b 3 h w in -1..1. size: height and width"""
    drawn = np.stack([np.asarray(picture(scene, *size)) for scene in scenes])
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1


def items_of(scenes: Sequence[Scene]) -> Items:
    """What stands in the scenes, from back to front."""
    boxes = torch.zeros(len(scenes), MOST, 4)
    present = torch.zeros(len(scenes), MOST, dtype=torch.bool)
    thing = torch.zeros(len(scenes), MOST, dtype=torch.long)
    colour = torch.full((len(scenes), MOST), NO_COLOUR)
    for row, scene in enumerate(scenes):
        for slot, item in enumerate(scene.items):
            boxes[row, slot] = torch.tensor(item.box.as_tuple())
            present[row, slot] = True
            thing[row, slot] = THING_NAMES.index(item.thing)
            if item.colour:
                colour[row, slot] = COLOUR_NAMES.index(item.colour)
    return Items(boxes, present, thing, colour)
