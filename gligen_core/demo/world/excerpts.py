"""Parts of a scene's picture: reference crops, and masks to inpaint in."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ...geometry import Box
from .painting import item_map
from .scene import Scene

Mask = NDArray[np.bool_]

STROKES = (1, 4)  # of a free-form mask
STROKE_WIDTH = (0.06, 0.2)  # of the picture's shorter side


def crop(image: Image.Image, box: Box, side: int) -> Image.Image:
    """What the box shows, as a square of `side` pixels (a reference for text+image grounding)."""
    x0, y0, x1, y1 = box.pixels(image.width, image.height)
    return image.resize((side, side), Image.Resampling.BICUBIC, box=(x0, y0, x1, y1))


def box_mask(box: Box, height: int, width: int) -> Mask:
    """h w, true inside: pixels that the box touches."""
    x0, y0, x1, y1 = box.pixels(width, height)
    y, x = np.mgrid[:height, :width]
    return (x + 1 > x0) & (x < x1) & (y + 1 > y0) & (y < y1)


def background_mask(scene: Scene, height: int, width: int) -> Mask:
    """h w, true where no thing is."""
    return item_map(scene, height, width) < 0


def free_form_mask(chance: random.Random, height: int, width: int) -> Mask:
    """h w, true under a few thick strokes."""
    canvas = Image.new("L", (width, height))
    pen = ImageDraw.Draw(canvas)
    for _ in range(chance.randint(*STROKES)):
        points = [(chance.uniform(0, width), chance.uniform(0, height)) for _ in range(4)]
        thick = round(chance.uniform(*STROKE_WIDTH) * min(height, width))
        pen.line(points, fill=1, width=thick, joint="curve")
    return np.asarray(canvas).astype(bool)
