"""Animation of layouts: keyframes -> a layout for each frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar, get_args

from ..errors import GligenError
from ..geometry import Box
from ..skeletons import Joint
from .read import MAX_LAYOUTS
from .types import Entity, Layout, LayoutSequence, Pose

Easing = Literal["linear", "ease in", "ease out", "ease in and out", "hold"]
Change = Literal["cut", "fade"]

EASINGS, CHANGES = get_args(Easing), get_args(Change)

CURVES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "linear": lambda t: t,
        "ease in": lambda t: t * t,
        "ease out": lambda t: t * (2 - t),
        "ease in and out": lambda t: t * t * (3 - 2 * t),  # smoothstep
        "hold": lambda t: 0.0,
    }
)
"""Share of the time between two keyframes -> share of the way."""
assert tuple(CURVES) == EASINGS

Thing = TypeVar("Thing", Entity, Pose)


class Keyframe(NamedTuple):
    """A layout at a time. A layout at a time. at: from 0, the first frame, to 1, the last one"""

    at: float
    layout: Layout


def animate(
    keyframes: Iterable[Keyframe],
    frames: int,
    easing: Easing = "linear",
    change: Change = "cut",
) -> LayoutSequence:
    """A layout for each of `frames` frames; things are told by their ids.

    Between two keyframes boxes, strengths and joints move along the curve; phrases change at the
    later one. What only one of the two has is there up to the later one, or from it on ("cut"), or
    its strength falls to 0 or rises from it ("fade"). Before the first keyframe the first holds,
    after the last the last.
    """
    keys = sorted(keyframes, key=lambda key: key.at)
    if not 1 <= frames <= MAX_LAYOUTS:
        raise GligenError(f"animate: {frames} frames; expected 1 to {MAX_LAYOUTS:,}.")
    if not keys:
        raise GligenError("animate: no keyframes; expected at least one layout.")
    for one, other in pairwise(keys):
        if one.at == other.at:
            raise GligenError(
                f"animate: two keyframes at {one.at:g}; every keyframe needs a time of its own."
            )
    if not all(math.isfinite(key.at) and 0 <= key.at <= 1 for key in keys):
        raise GligenError(
            f"animate: keyframes at {', '.join(f'{key.at:g}' for key in keys)}; expected 0 (first "
            "frame) to 1 (last frame)."
        )
    times = (number / max(frames - 1, 1) for number in range(frames))
    return LayoutSequence(tuple(_at(keys, time, CURVES[easing], change) for time in times))


def evenly(layouts: Sequence[Layout]) -> list[Keyframe]:
    """Keyframes at even distances from the first frame to the last."""
    last = max(len(layouts) - 1, 1)
    return [Keyframe(number / last, layout) for number, layout in enumerate(layouts)]


def _at(
    keys: Sequence[Keyframe], time: float, curve: Callable[[float], float], change: Change
) -> Layout:
    after = next((number for number, key in enumerate(keys) if key.at > time), len(keys))
    if after == 0:
        return keys[0].layout
    if after == len(keys):
        return keys[-1].layout
    one, other = keys[after - 1], keys[after]
    way = curve((time - one.at) / (other.at - one.at))
    return _between(one.layout, other.layout, way, change)


def _between(one: Layout, other: Layout, way: float, change: Change) -> Layout:
    if way <= 0:
        return one
    entities = [
        entity
        for earlier, later in _pairs(one.entities, other.entities)
        if (entity := _entity(earlier, later, way, change)) is not None
    ]
    poses = [
        pose
        for earlier, later in _pairs(one.poses, other.poses)
        if (pose := _pose(earlier, later, way)) is not None
    ]
    return replace(one, entities=tuple(entities), poses=tuple(poses))


def _pairs(one: Sequence[Thing], other: Sequence[Thing]) -> list[tuple[Thing | None, Thing | None]]:
    """Pairs of things by id, in the order of the earlier layout; newcomers behind."""
    earlier, later = ({thing.id: thing for thing in things} for things in (one, other))
    return [(earlier.get(id_), later.get(id_)) for id_ in dict.fromkeys((*earlier, *later))]


def _entity(one: Entity | None, other: Entity | None, way: float, change: Change) -> Entity | None:
    if one is not None and other is not None:
        strength = _mixed(one.strength, other.strength, way)
        return replace(one, box=_box(one.box, other.box, way), strength=strength)
    only = one if one is not None else other
    assert only is not None
    if change == "cut":
        return one
    strength = only.strength * (1 - way if one is not None else way)
    return replace(only, strength=strength) if strength > 0 else None


def _pose(one: Pose | None, other: Pose | None, way: float) -> Pose | None:
    if one is None or other is None:
        return one
    joints = zip(one.joints, other.joints, strict=True)
    return replace(one, joints=tuple(_joint(*pair, way) for pair in joints))


def _joint(one: Joint, other: Joint, way: float) -> Joint:
    """The joint between two: missing where either end lacks it."""
    if one.visible <= 0 or other.visible <= 0:
        return Joint(0.0, 0.0, 0.0)
    return Joint(*(_mixed(a, b, way) for a, b in zip(one, other, strict=True)))


def _box(one: Box, other: Box, way: float) -> Box:
    pairs = zip(one.as_tuple(), other.as_tuple(), strict=True)
    return Box.of(_mixed(a, b, way) for a, b in pairs)


def _mixed(a: float, b: float, way: float) -> float:
    return a + (b - a) * way
