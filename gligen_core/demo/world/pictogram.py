"""A drawing of one thing that fills its box: coloured outlines from back to front."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .outlines import Outline


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One outline in one paint. outline: n 2, in 0..1 of the pictogram's box"""

    paint: str
    outline: Outline


@dataclass(frozen=True, slots=True, eq=False)
class Pictogram:
    """Parts from back to front; together they touch all four sides of the unit square.

    aspect: width / height at which it looks right
    joints: 17 2 (COCO's order, in 0..1 of the box) of a person, else None
    """

    parts: tuple[Part, ...]
    aspect: float
    joints: Outline | None = None


Drawn = tuple[str, Outline | tuple[Outline, ...]]


def pictogram(drawn: Iterable[Drawn], joints: Outline | None = None) -> Pictogram:
    """Fit a drawing, in any coordinates, to its box. drawn: (paint, outline or outlines)"""
    parts = [
        (paint, outline)
        for paint, outlines in drawn
        for outline in (outlines if isinstance(outlines, tuple) else (outlines,))
    ]
    every = np.concatenate([outline for _, outline in parts])
    corner, size = every.min(axis=0), np.ptp(every, axis=0)
    return Pictogram(
        tuple(Part(paint, (outline - corner) / size) for paint, outline in parts),
        float(size[0] / size[1]),
        None if joints is None else (joints - corner) / size,
    )
