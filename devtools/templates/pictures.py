"""The example pictures that templates load: a drawn scene and its exact maps, and a clock.

    python3 dev.py python -m devtools.templates.pictures

writes them. Depth is white where near; normals are red to the right, green up, blue towards the
viewer; classes have the colours of ADE20K.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from gligen_core.modalities.ade20k import CLASSES

from ..console import say
from ..pins import CHECKOUT
from .scene import FAR, HILLS, SIDE_PX, THINGS, Array, Colour, Thing, cast

FOLDER = CHECKOUT / "example_workflows" / "input"
PREFIX = "gligen_example_"
MAPS = ("depth", "normal", "edges", "classes")
SHIPPED = ("scene", *MAPS, "clock")
MEADOW = "meadow"  # what lies behind boxes on templates' covers
LIGHT = np.array([-0.45, 0.75, 0.5]) / math.hypot(0.45, 0.75, 0.5)
AMBIENT = 0.45
EDGE_BLUR_PX = 1.5
SKY: tuple[Colour, Colour] = ((96, 156, 214), (212, 230, 240))  # above, at the horizon
CLOCK_RED, CLOCK_FACE, CLOCK_INK = (200, 48, 44), (250, 247, 238), (40, 40, 44)


@cache
def pictures() -> Mapping[str, Image.Image]:
    """Name -> picture: the scene and its maps, the clock, and a meadow before hills."""
    distance, normal, number = cast(THINGS)
    open_air = [THINGS[0], *HILLS]
    return {
        "scene": _shaded(THINGS, normal, number),
        "depth": _depth(distance),
        "normal": _picture((normal + 1) / 2 * 255),
        "edges": _edges(distance, normal, number),
        "classes": _classes(number),
        "clock": clock(),
        MEADOW: _shaded(open_air, *cast(open_air)[1:]),
    }


def _shaded(things: Sequence[Thing], normal: Array, number: NDArray[np.int64]) -> Image.Image:
    colours = np.array([thing.colour for thing in things], dtype=float)
    light = AMBIENT + (1 - AMBIENT) * np.maximum(normal @ LIGHT, 0)
    lit = colours[number] * light[..., None]
    high = np.linspace(0, 1, SIDE_PX)[:, None, None]
    sky = np.array(SKY[0]) * (1 - high) + np.array(SKY[1]) * high
    return _picture(np.where(number[..., None] < 0, sky, lit))


def _depth(distance: Array) -> Image.Image:
    """White is near; by the inverse of the distance, as MiDaS gives it. Black is the sky."""
    inverse = np.where(distance < FAR, 1 / distance, 0)
    return _picture(255 * inverse / inverse.max())


def _edges(distance: Array, normal: Array, number: NDArray[np.int64]) -> Image.Image:
    """Soft white lines where thing, normal or distance changes."""
    strength = np.zeros_like(distance)
    for axis in (0, 1):
        other = np.roll(number, 1, axis) != number
        bend = np.where(number < 0, 0, 1 - (np.roll(normal, 1, axis) * normal).sum(-1))
        strength = np.maximum(strength, np.where(other, 1.0, np.clip(4 * bend, 0, 0.8)))
    strength[0], strength[:, 0] = 0, 0  # nothing is beyond the rim
    lines = _picture(255 * strength).filter(ImageFilter.MaxFilter(3))
    soft = np.asarray(lines.filter(ImageFilter.GaussianBlur(EDGE_BLUR_PX)), dtype=float)
    return _picture(soft / soft.max() * 255)


def _classes(number: NDArray[np.int64]) -> Image.Image:
    colour = {each.name: each.colour for each in CLASSES}
    colours = np.array([*(colour[thing.name] for thing in THINGS), colour["sky"]])
    return _picture(colours[number].astype(float))


def _picture(values: Array) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))


def clock() -> Image.Image:
    """An alarm clock before a plain wall, drawn large and made small."""
    side = 2 * SIDE_PX
    image = Image.new("RGB", (side, side), (206, 214, 220))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0.84 * side, side, side), fill=(150, 120, 92))
    middle, radius = (0.5 * side, 0.53 * side), 0.32 * side
    for way in (-1, 1):
        x = middle[0] + way * 0.2 * side
        pen.line((x, 0.78 * side, x + way * 0.06 * side, 0.88 * side), CLOCK_INK, side // 28)
        pen.circle((x, 0.22 * side), 0.1 * side, CLOCK_RED)
    pen.line((middle[0], 0.1 * side, middle[0], 0.24 * side), CLOCK_INK, side // 40)
    pen.circle(middle, radius, CLOCK_RED)
    pen.circle(middle, 0.84 * radius, CLOCK_FACE)
    for hour in range(12):
        _hand(pen, middle, hour / 12, 0.68 * radius, 0.78 * radius, side // 60)
    _hand(pen, middle, 10.15 / 12, 0, 0.42 * radius, side // 44)
    _hand(pen, middle, 9 / 60, 0, 0.62 * radius, side // 64)
    return image.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)


def _hand(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    turn: float,
    near: float,
    far: float,
    wide: int,
) -> None:
    x, y = math.sin(2 * math.pi * turn), -math.cos(2 * math.pi * turn)
    ends = (at[0] + near * x, at[1] + near * y, at[0] + far * x, at[1] + far * y)
    pen.line(ends, CLOCK_INK, wide)


def file_of(name: str) -> Path:
    return FOLDER / f"{PREFIX}{name}.png"


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name in SHIPPED:
        picture = pictures()[name]
        picture.save(file_of(name), optimize=True)
        say(str(file_of(name).relative_to(CHECKOUT)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
