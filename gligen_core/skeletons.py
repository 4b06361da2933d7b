"""The 17 joints of a person, in COCO's order, which GLIGEN's keypoint model was trained on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .geometry import Box


class Joint(NamedTuple):
    """One joint: fractions of the canvas, and how visible it is (0 means that it is missing)."""

    x: float
    y: float
    visible: float = 1.0


COCO_JOINTS = (
    "nose",  # 0
    "left eye",  # 1
    "right eye",  # 2
    "left ear",  # 3
    "right ear",  # 4
    "left shoulder",  # 5
    "right shoulder",  # 6
    "left elbow",  # 7
    "right elbow",  # 8
    "left wrist",  # 9
    "right wrist",  # 10
    "left hip",  # 11
    "right hip",  # 12
    "left knee",  # 13
    "right knee",  # 14
    "left ankle",  # 15
    "right ankle",  # 16
)
JOINT_COUNT = 17
assert len(COCO_JOINTS) == JOINT_COUNT
OPENPOSE_COUNT = 18  # OpenPose's body has a neck, and another order

# Pairs of joints that are drawn as a line: legs, hips, trunk, arms, head.
COCO_LIMBS = (
    *((15, 13), (13, 11), (16, 14), (14, 12)),
    *((11, 12), (5, 11), (6, 12), (5, 6)),
    *((5, 7), (7, 9), (6, 8), (8, 10)),
    *((0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6)),
)
assert all(0 <= joint < JOINT_COUNT for limb in COCO_LIMBS for joint in limb)


def remedy_for(count: int | None) -> str:
    """The remedy for a person with `count` joints, which are not COCO's 17; None: no list."""
    if count == OPENPOSE_COUNT:
        return "This looks like an OpenPose body; import it by Layout from Poses."
    return "Write a missing joint as [0, 0, 0]."


def bounding_box(joints: Iterable[Joint]) -> Box | None:
    """The smallest box around the joints that are there, or None where it would have no area."""
    seen = [joint for joint in joints if joint.visible > 0]
    if not seen:
        return None
    x0, x1 = min(joint.x for joint in seen), max(joint.x for joint in seen)
    y0, y1 = min(joint.y for joint in seen), max(joint.y for joint in seen)
    return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
