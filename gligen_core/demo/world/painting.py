"""The picture of a scene, and which item each of its pixels shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .backgrounds import backdrop
from .outlines import Outline
from .paints import RGB, paint
from .scene import WORLD, Item, Scene

FINE = 4  # pixels are painted so many times finer per side, then averaged


def picture(scene: Scene, height: int, width: int) -> Image.Image:
    """RGB, its edges smooth."""
    size = (width * FINE, height * FINE)
    canvas = backdrop(scene.background, scene.variant, size[1], size[0]).copy()
    pen = ImageDraw.Draw(canvas)
    for item in scene.items:
        main = WORLD[item.thing].main(item.colour)
        for part in item.pictogram.parts:
            pen.polygon(_pixels(item, part.outline, size), _bytes(paint(part.paint, main)))
    return canvas.reduce(FINE)


def item_map(scene: Scene, height: int, width: int) -> NDArray[np.int64]:
    """Which item each pixel's centre shows: h w, its index, -1 for the background."""
    canvas = Image.new("L", (width, height))
    pen = ImageDraw.Draw(canvas)
    for number, item in enumerate(scene.items, 1):
        for part in item.pictogram.parts:
            pen.polygon(_pixels(item, part.outline, canvas.size), number)
    return np.asarray(canvas).astype(np.int64) - 1


def joints(item: Item) -> Outline | None:
    """17 2 of a person, in fractions of the canvas; None for everything else."""
    points = item.pictogram.joints
    return None if points is None or item.posture is None else placed(item, points)


def placed(item: Item, points: Outline) -> Outline:
    """Points of an item's pictogram (n 2, in 0..1 of its box) in fractions of the canvas."""
    box = item.box
    x = 1 - points[:, 0] if item.mirrored else points[:, 0]
    return np.stack((box.x0 + x * box.width, box.y0 + points[:, 1] * box.height), axis=-1)


def _pixels(item: Item, outline: Outline, size: tuple[int, int]) -> list[float]:
    """x0 y0 x1 y1 ... for PIL, to which a pixel's centre is a whole number."""
    return (placed(item, outline) * size - 0.5).ravel().tolist()


def _bytes(colour: RGB) -> tuple[int, int, int]:
    r, g, b = (round(255 * value) for value in colour)
    return r, g, b
