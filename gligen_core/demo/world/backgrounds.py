"""What lies behind the things: a function of the place for each background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .paints import RGB

Grid = NDArray[np.float64]
Paints = tuple[tuple[RGB, RGB], ...]  # of each band: its colour at its top and at the bottom

VARIANTS = 6  # of each background: where the horizon lies


@dataclass(frozen=True, slots=True)
class Background:
    """A row: what a caption says, and bands of colour from the top down.

    horizons: x in 0..1, variant in 0..1 -> where each band after the first begins, in 0..1
    paints: of each band, at the picture's top and at its bottom
    classes: ADE20K's name of each band, "" for none
    """

    name: str
    words: str
    paints: Paints
    classes: tuple[str, ...]
    horizons: Callable[[Grid, float], tuple[Grid, ...]] = lambda x, variant: ()
    stars: bool = False


BACKGROUNDS: dict[str, Background] = {
    background.name: background
    for background in (
        Background("plain", "", (((0.94, 0.95, 0.97), (0.90, 0.88, 0.81)),), ("",)),
        Background(
            "meadow",
            "on a meadow",
            (((0.74, 0.88, 0.98), (0.97, 0.99, 1.0)), ((0.86, 0.93, 0.68), (0.62, 0.81, 0.46))),
            ("sky", "grass"),
            lambda x, v: (0.5 + 0.16 * v + 0.05 * np.sin(5 * x + 6 * v),),
        ),
        Background(
            "beach",
            "at the beach",
            (
                ((0.80, 0.92, 0.99), (0.96, 0.99, 1.0)),
                ((0.44, 0.76, 0.88), (0.56, 0.85, 0.90)),
                ((0.99, 0.93, 0.76), (0.96, 0.87, 0.66)),
            ),
            ("sky", "sea", "sand"),
            lambda x, v: (0.38 + 0.12 * v + 0 * x, 0.64 + 0.1 * v + 0.015 * np.sin(16 * x + 9 * v)),
        ),
        Background(
            "night",
            "at night",
            (((0.20, 0.22, 0.44), (0.46, 0.44, 0.66)), ((0.25, 0.36, 0.42), (0.18, 0.27, 0.34))),
            ("sky", "earth"),
            lambda x, v: (0.68 + 0.12 * v + 0.04 * np.sin(4 * x + 8 * v),),
            stars=True,
        ),
        Background(
            "room",
            "in a room",
            (
                ((0.97, 0.92, 0.86), (0.93, 0.85, 0.78)),
                ((1.0, 0.99, 0.97), (1.0, 0.99, 0.97)),
                ((0.82, 0.70, 0.58), (0.74, 0.60, 0.48)),
            ),
            ("wall", "wall", "floor"),
            lambda x, v: (0.62 + 0.14 * v + 0 * x, 0.65 + 0.14 * v + 0 * x),
        ),
    )
}


@lru_cache(maxsize=256)
def backdrop(name: str, variant: int, height: int, width: int) -> Image.Image:
    """The background alone, RGB. variant: 0 to VARIANTS - 1"""
    background = BACKGROUNDS[name]
    y, x = _grid(height, width)
    bands = band_map(name, variant, height, width)
    tops, bottoms = (np.array([pair[n] for pair in background.paints]) for n in (0, 1))
    colour = tops[bands] + (bottoms - tops)[bands] * y[..., None]
    colour = colour - 0.05 * x[..., None] * (1, 0.3, 0)  # cooler to the right
    if background.stars:
        colour = np.where(_stars(x, y, variant)[..., None] & (bands == 0)[..., None], 0.95, colour)
    return Image.fromarray((colour.clip(0, 1) * 255 + 0.5).astype(np.uint8))


def band_map(name: str, variant: int, height: int, width: int) -> NDArray[np.int64]:
    """Which band of the background each pixel shows: h w."""
    y, x = _grid(height, width)
    horizons = BACKGROUNDS[name].horizons(x, variant / (VARIANTS - 1))
    bands = np.zeros((height, width), dtype=np.int64)
    for horizon in horizons:
        bands += y > horizon
    return bands


def _stars(x: Grid, y: Grid, variant: int) -> NDArray[np.bool_]:
    """Round dots at places that depend on the variant."""
    random = np.random.default_rng(variant)
    aspect = x.shape[1] / x.shape[0]
    places = random.random((14, 2)) * (1, 0.6)
    away = [((x - sx) * aspect) ** 2 + (y - sy) ** 2 for sx, sy in places]
    return np.min(away, axis=0) < 0.008**2


def _grid(height: int, width: int) -> tuple[Grid, Grid]:
    y = (np.arange(height) + 0.5) / height
    x = (np.arange(width) + 0.5) / width
    return np.broadcast_to(y[:, None], (height, width)), np.broadcast_to(x, (height, width))
