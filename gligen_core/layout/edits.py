"""Edits of a whole layout: mirror, crop, fit, scale, sort, limit. Each returns a new one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, get_args

from ..errors import GligenError
from ..geometry import Box
from ..skeletons import COCO_JOINTS, Joint
from .fields import MAX_SIDE_PX
from .people import MISSING
from .types import Entity, Layout, Pose

Axis = Literal["horizontal", "vertical"]
Fit = Literal["cover", "contain", "stretch"]
About = Literal["each box", "canvas"]
Order = Literal["area", "left to right", "top to bottom", "strength", "score", "text"]

AXES, FITS, ABOUTS, ORDERS = (get_args(choice) for choice in (Axis, Fit, About, Order))

MIRRORED = tuple(
    COCO_JOINTS.index(name.replace("left", "*").replace("right", "left").replace("*", "right"))
    for name in COCO_JOINTS
)
"""The joint whose place each joint takes in a mirror."""


def flip(layout: Layout, axis: Axis) -> Layout:
    """The layout mirrored: "horizontal" swaps left and right, "vertical" top and bottom.

    A mirror turns left hands into right ones, whichever way it stands. Words stay as they are.
    """
    across = axis == "horizontal"

    def mirrored(box: Box) -> Box:
        if across:
            return Box(1 - box.x1, box.y0, 1 - box.x0, box.y1)
        return Box(box.x0, 1 - box.y1, box.x1, 1 - box.y0)

    def joint(old: Joint) -> Joint:
        if old.visible <= 0:
            return old
        return old._replace(x=1 - old.x) if across else old._replace(y=1 - old.y)

    return replace(
        layout,
        entities=tuple(replace(entity, box=mirrored(entity.box)) for entity in layout.entities),
        poses=tuple(
            replace(pose, joints=tuple(joint(pose.joints[index]) for index in MIRRORED))
            for pose in layout.poses
        ),
    )


def crop(layout: Layout, region: Box, least_share: float = 0.0) -> Layout:
    """The layout of `region`, which becomes the canvas; it may reach over the old one.

    least_share: an entity stays if more than this share of its area does (0..1). A pose stays if
    one of its joints does.
    """
    entities: list[Entity] = []
    for entity in layout.entities:
        inside, box = entity.box.intersect(region), entity.box.within(region)
        if inside is not None and box is not None and inside.area > least_share * entity.box.area:
            entities.append(replace(entity, box=box))
    poses = [
        replace(pose, joints=tuple(_within(joint, region) for joint in pose.joints))
        for pose in layout.poses
    ]
    return replace(
        layout,
        entities=tuple(entities),
        poses=tuple(pose for pose in poses if _is_there(pose)),
        width=_side(layout.width * region.width),
        height=_side(layout.height * region.height),
    )


def fit(layout: Layout, width_px: int, height_px: int, how: Fit = "cover") -> Layout:
    """The layout on a canvas of another shape, centred.

    "cover" keeps proportions and loses the edges, "contain" keeps proportions and everything,
    "stretch" keeps everything and bends proportions.
    """
    if how != "stretch":
        across, down = width_px / layout.width, height_px / layout.height
        factor = max(across, down) if how == "cover" else min(across, down)
        half_width, half_height = across / factor / 2, down / factor / 2
        region = Box(0.5 - half_width, 0.5 - half_height, 0.5 + half_width, 0.5 + half_height)
        layout = crop(layout, region)
    return replace(layout, width=width_px, height=height_px)


def scale(layout: Layout, factor: float, about: About = "each box") -> Layout:
    """The layout larger or smaller: each box about its own centre, or all about the canvas's.

    Cut at the canvas edge; what ends up outside is dropped. Poses scale about the canvas's centre,
    or each about its own.
    """
    if not (math.isfinite(factor) and factor > 0):
        raise GligenError(f"scale: factor {factor:g}; expected a number above 0.")
    if about == "canvas":
        half = 0.5 / factor
        region = Box(0.5 - half, 0.5 - half, 0.5 + half, 0.5 + half)
        return replace(crop(layout, region), width=layout.width, height=layout.height)
    scaled = ((entity, _scaled(entity.box, factor).clamped()) for entity in layout.entities)
    return replace(
        layout,
        entities=tuple(replace(entity, box=box) for entity, box in scaled if box is not None),
        poses=tuple(_scaled_pose(pose, factor) for pose in layout.poses),
    )


def sort(layout: Layout, by: Order, descending: bool = False) -> Layout:
    """The layout with its entities in another order; of equal ones the first stays first."""
    return layout.with_entities(sorted(layout.entities, key=_KEYS[by], reverse=descending))


def keep(layout: Layout, most: int, by: Order = "area") -> Layout:
    """The layout's `most` entities with the largest area (strength, score, ...), in old order.

    For places and texts: those that come first.
    """
    from_the_top = by in ("area", "strength", "score")
    kept = {entity.id for entity in sort(layout, by, descending=from_the_top).entities[:most]}
    return layout.with_entities(entity for entity in layout.entities if entity.id in kept)


_KEYS: Mapping[str, Callable[[Entity], float | str]] = MappingProxyType(
    {
        "area": lambda entity: entity.box.area,
        "left to right": lambda entity: entity.box.x0,
        "top to bottom": lambda entity: entity.box.y0,
        "strength": lambda entity: entity.strength,
        "score": lambda entity: entity.score,
        "text": lambda entity: entity.text,
    }
)
assert tuple(_KEYS) == ORDERS


def _within(joint: Joint, region: Box) -> Joint:
    x, y = (joint.x - region.x0) / region.width, (joint.y - region.y0) / region.height
    inside = joint.visible > 0 and 0 <= x <= 1 and 0 <= y <= 1
    return Joint(x, y, joint.visible) if inside else MISSING


def _is_there(pose: Pose) -> bool:
    return any(joint.visible > 0 for joint in pose.joints)


def _side(pixels: float) -> int:
    return min(max(round(pixels), 1), MAX_SIDE_PX)


def _scaled(box: Box, factor: float) -> Box:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    half_width, half_height = box.width * factor / 2, box.height * factor / 2
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _scaled_pose(pose: Pose, factor: float) -> Pose:
    box = pose.box
    if box is None:
        return pose
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return replace(
        pose,
        joints=tuple(
            joint._replace(x=x + (joint.x - x) * factor, y=y + (joint.y - y) * factor)
            if joint.visible > 0
            else joint
            for joint in pose.joints
        ),
    )


def at_least(layout: Layout, score: float) -> Layout:
    """Layout without the entities that their detector was less sure of. score: 0..1"""
    return layout.with_entities(e for e in layout.entities if e.score >= score)
