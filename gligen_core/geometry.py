"""Boxes in fractions of the canvas: x to the right, y down, origin at the top left corner."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import GligenError


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with an area: finite corners, `x0 < x1` and `y0 < y1`, or GligenError.

    It may reach over the canvas; `clamped` cuts it back to 0..1.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in self.as_tuple()):
            raise GligenError(f"box {self.as_tuple()}: every corner must be a finite number.")
        for low, high, ends in ((self.x0, self.x1, "x0 < x1"), (self.y0, self.y1, "y0 < y1")):
            if low >= high:
                raise GligenError(
                    f"box {self.as_tuple()}: expected x0, y0, x1, y1 with {ends}, "
                    f"got {low:g} and {high:g}. Swap or move the two corners."
                )

    @classmethod
    def of(cls, corners: Iterable[float]) -> Box:
        """The box with these four corners x0, y0, x1, y1."""
        x0, y0, x1, y1 = corners
        return cls(x0, y0, x1, y1)

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.x1, self.y1

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Share of the canvas, 1 for all of it."""
        return self.width * self.height

    def intersect(self, other: Box) -> Box | None:
        """The box that both cover, or None where it has no area."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def iou(self, other: Box) -> float:
        """Intersection over union: 0 (apart) to 1 (the same box)."""
        common = self.intersect(other)
        if common is None:
            return 0.0
        return common.area / (self.area + other.area - common.area)

    def clamped(self) -> Box | None:
        """The part of the box on the canvas, or None if all of it lies outside."""
        return self.intersect(CANVAS)

    def within(self, area: Box) -> Box | None:
        """The part of the box inside `area`, in fractions of it; None if the two do not meet."""
        common = self.intersect(area)
        if common is None:
            return None
        x0, x1 = ((x - area.x0) / area.width for x in (common.x0, common.x1))
        y0, y1 = ((y - area.y0) / area.height for y in (common.y0, common.y1))
        # A sliver can lose its last bit of width to rounding.
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def pixels(self, width_px: int, height_px: int) -> tuple[float, float, float, float]:
        """The corners in pixels of a picture of that size."""
        return self.x0 * width_px, self.y0 * height_px, self.x1 * width_px, self.y1 * height_px


CANVAS = Box(0.0, 0.0, 1.0, 1.0)
