"""A small scene by ray casting: a house, a tree and a ball on a meadow.

Axes: x to the right, y up, z towards the viewer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Plane = tuple[float, float, float, float]  # the inside is where nx x + ny y + nz z <= d
Colour = tuple[int, int, int]

SIDE_PX = 512
EYE = np.array([0.2, 1.5, 6.5])
FIELD = 0.46  # half of the picture's side at distance 1
FAR = 1e3  # nothing there
HOUSE_AT, HOUSE_TURN = (1.1, -0.8), -0.6  # x and z of its middle; radians


class Ball(NamedTuple):
    x: float
    y: float
    z: float
    radius: float


@dataclass(frozen=True, slots=True)
class Thing:
    """name: one of ADE20K's classes

    solid: planes around a convex one, or a ball
    """

    name: str
    colour: Colour
    solid: Sequence[Plane] | Ball


def _box(x: float, y: float, z: float, wide: float, high: float, deep: float) -> list[Plane]:
    """Around a middle, by half sides."""
    return [
        (1, 0, 0, x + wide),
        (-1, 0, 0, wide - x),
        (0, 1, 0, y + high),
        (0, -1, 0, high - y),
        (0, 0, 1, z + deep),
        (0, 0, -1, deep - z),
    ]


def _roof(x: float, y: float, z: float, wide: float, high: float, deep: float) -> list[Plane]:
    """A gable on a floor at y: half as wide, and as high as said; its ridge runs in depth."""
    slope = math.hypot(wide, high)
    up, out = wide / slope, high / slope
    reach = out * (x + wide) + up * y
    return [
        (out, up, 0, reach),
        (-out, up, 0, out * (wide - x) + up * y),
        (0, -1, 0, -y),
        (0, 0, 1, z + deep),
        (0, 0, -1, deep - z),
    ]


def _turned(planes: Sequence[Plane], angle: float = HOUSE_TURN) -> list[Plane]:
    """About the upright through the house's middle."""
    (mx, mz), c, s = HOUSE_AT, math.cos(angle), math.sin(angle)
    turned = []
    for x, y, z, reach in planes:
        tx, tz = c * x + s * z, c * z - s * x
        turned.append((tx, y, tz, reach - x * mx - z * mz + tx * mx + tz * mz))
    return turned


THINGS = (
    Thing("grass", (104, 158, 76), [(0.0, 1.0, 0.0, 0.0)]),
    Thing("house", (226, 204, 166), _turned(_box(1.1, 0.85, -0.8, 1.0, 0.85, 0.9))),
    Thing("house", (166, 74, 58), _turned(_roof(1.1, 1.7, -0.8, 1.2, 0.95, 1.05))),
    Thing("door", (92, 64, 46), _turned(_box(0.75, 0.55, 0.1, 0.27, 0.55, 0.03))),
    Thing("windowpane", (158, 196, 214), _turned(_box(1.6, 0.95, 0.1, 0.28, 0.3, 0.03))),
    Thing("tree", (112, 82, 58), _box(-1.5, 0.7, -0.4, 0.13, 0.7, 0.13)),
    Thing("tree", (64, 124, 62), Ball(-1.5, 1.85, -0.4, 0.75)),
    Thing("tree", (72, 134, 66), Ball(-1.95, 1.5, -0.25, 0.5)),
    Thing("tree", (56, 112, 58), Ball(-1.0, 1.45, -0.5, 0.5)),
    Thing("ball", (214, 92, 60), Ball(-0.35, 0.34, 1.7, 0.34)),
)

HILLS = (
    Thing("mountain", (116, 150, 112), Ball(-7.0, -7.5, -24.0, 10.5)),
    Thing("mountain", (132, 160, 136), Ball(6.5, -9.5, -30.0, 12.5)),
)


def cast(things: Sequence[Thing]) -> tuple[Array, Array, NDArray[np.int64]]:
    """Of each pixel: distance along the view (h w), normal (h w 3, 0 in the sky), number of
    the thing or -1 (h w)."""
    rays = _rays()
    nearest = np.full(rays.shape[:2], FAR)
    normal = np.zeros_like(rays)
    number = np.full(rays.shape[:2], -1)
    for index, thing in enumerate(things):
        solid = thing.solid
        at, facing = _ball(rays, solid) if isinstance(solid, Ball) else _convex(rays, solid)
        nearer = at < nearest
        nearest = np.where(nearer, at, nearest)
        normal[nearer] = facing[nearer]
        number[nearer] = index
    return nearest, normal, number


def _rays() -> Array:
    """h w 3, with -1 along z, so that multiples of it are distances from the picture's plane."""
    across = (np.arange(SIDE_PX) + 0.5) / SIDE_PX * 2 - 1
    x, y = np.meshgrid(across * FIELD, -across * FIELD)
    return np.stack([x, y, np.full_like(x, -1.0)], axis=-1)


def _convex(rays: Array, planes: Sequence[Plane]) -> tuple[Array, Array]:
    """Where rays enter the inside of all planes; FAR where they miss."""
    enter, leave = np.full(rays.shape[:2], -FAR), np.full(rays.shape[:2], FAR)
    facing = np.zeros_like(rays)
    for *vector, reach in planes:
        towards = rays @ np.array(vector)
        room = reach - EYE @ np.array(vector)
        with np.errstate(divide="ignore"):
            at = room / towards
        into = towards < 0
        later = into & (at > enter)
        enter = np.where(later, at, enter)
        facing[later] = vector
        leave = np.where(~into & (at < leave), at, leave)
        enter = np.where((towards == 0) & (room < 0), FAR, enter)
    return np.where((enter < leave) & (enter > 0), enter, FAR), facing


def _ball(rays: Array, ball: Ball) -> tuple[Array, Array]:
    *centre, radius = ball
    off = EYE - np.array(centre)
    a, b = (rays**2).sum(-1), rays @ off
    inside = b**2 - a * (off @ off - radius**2)
    at = np.where(inside > 0, (-b - np.sqrt(np.maximum(inside, 0))) / a, FAR)
    facing = (off + rays * at[..., None]) / radius
    return at, facing
