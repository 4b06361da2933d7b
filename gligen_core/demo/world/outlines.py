"""Outlines of flat shapes: closed polygons, from ellipses, smooth curves and thick strokes.

Coordinates are whatever the drawing uses (x to the right, y down); a pictogram is fitted to its
box afterwards, so only proportions count.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Outline = NDArray[np.float64]  # n 2, closed: the last point joins the first

ROUND = 32  # points of a full ellipse
SMOOTH = 6  # points of a curve between two of its own


def polygon(*points: Point) -> Outline:
    """Straight lines through the points."""
    return np.array(points, dtype=np.float64)


def rectangle(x0: float, y0: float, x1: float, y1: float, corner: float = 0) -> Outline:
    """Upright, its corners rounded by the radius `corner`."""
    if not corner:
        return polygon((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    angles = np.linspace(0, np.pi / 2, ROUND // 4 + 1)
    centres = ((x1, y1), (x0, y1), (x0, y0), (x1, y0))
    corners = [
        np.stack((x + sx * corner, y + sy * corner), axis=-1) + corner * _circle(angles + turn)
        for (x, y), (sx, sy), turn in zip(
            centres,
            ((-1, -1), (1, -1), (1, 1), (-1, 1)),
            np.arange(4) * np.pi / 2,
            strict=True,
        )
    ]
    return np.concatenate(corners)


def ellipse(
    x: float, y: float, rx: float, ry: float | None = None, arc: Point = (0, 360)
) -> Outline:
    """Around (x, y); `arc` cuts it along a chord (degrees, clockwise from the right)."""
    share = abs(arc[1] - arc[0]) / 360
    angles = np.radians(np.linspace(*arc, max(round(ROUND * share), 6) + 1))
    angles = angles[:-1] if share == 1 else angles
    return np.array((x, y)) + _circle(angles) * (rx, rx if ry is None else ry)


def star(x: float, y: float, outer: float, inner: float, points: int) -> Outline:
    """Spikes around (x, y), the first one up."""
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2, inner, outer)
    return np.array((x, y)) + _circle(angles) * radii[:, None]


def curve(*points: Point) -> Outline:
    """A smooth closed line through the points (Catmull-Rom)."""
    return _spline(np.array([points[-1], *points, *points[:2]], dtype=np.float64))


def stroke(width: float, *points: Point, smooth: bool = False) -> tuple[Outline, ...]:
    """A thick open line with round ends and joints, as one outline per piece."""
    line = np.array(points, dtype=np.float64)
    if smooth:
        ends = (2 * line[:1] - line[1:2], line, 2 * line[-1:] - line[-2:-1])
        line = np.concatenate((_spline(np.concatenate(ends)), line[-1:]))
    return tuple(_capsule(a, b, width / 2) for a, b in pairwise(line))


def _capsule(a: Outline, b: Outline, radius: float) -> Outline:
    """Every point within `radius` of the line from a to b."""
    turn = np.arctan2(*(b - a)[::-1])
    half = np.linspace(np.pi / 2, 3 * np.pi / 2, ROUND // 4 + 1) + turn
    return np.concatenate((a + radius * _circle(half), b + radius * _circle(half + np.pi)))


def _spline(points: Outline) -> Outline:
    """Catmull-Rom from the second point to the last but one, that one left out."""
    t = np.arange(SMOOTH)[:, None] / SMOOTH
    before, start, end, after = points[:-3], points[1:-2], points[2:-1], points[3:]
    pieces = [
        ((2 * b) + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3)
        / 2
        for a, b, c, d in zip(before, start, end, after, strict=True)
    ]
    return np.concatenate(pieces)


def _circle(angles: NDArray[np.float64]) -> Outline:
    return np.stack((np.cos(angles), np.sin(angles)), axis=-1)
