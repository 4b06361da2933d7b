"""People of a layout: as poses or as boxes, and without the joints beyond the canvas."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..skeletons import Joint
from .types import Entity, Layout, Pose

People = Literal["poses", "boxes", "both"]

MISSING = Joint(0.0, 0.0, 0.0)


def people_as(layout: Layout, people: People, phrase: str) -> Layout:
    """Layout of the same people as poses, as boxes around them with a phrase, or as both."""
    boxes = ((pose, pose.box and pose.box.clamped()) for pose in layout.poses)
    entities = tuple(
        Entity(id=f"box of {pose.id}", box=box, text=phrase) for pose, box in boxes if box
    )
    return replace(
        layout,
        entities=entities if people != "poses" else (),
        poses=layout.poses if people != "boxes" else (),
    )


def within_canvas(layout: Layout) -> Layout:
    """Layout without joints beyond the canvas, which the photographs of the training lack, too."""
    return replace(layout, poses=tuple(_within_canvas(pose) for pose in layout.poses))


def _within_canvas(pose: Pose) -> Pose:
    seen = (
        joint if joint.visible > 0 and 0 <= joint.x <= 1 and 0 <= joint.y <= 1 else MISSING
        for joint in pose.joints
    )
    return replace(pose, joints=tuple(seen))
