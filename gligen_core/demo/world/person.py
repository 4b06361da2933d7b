"""Persons: 17 joints (COCO's order) from a few angles, and the pictogram around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np

from .outlines import Outline, curve, ellipse, stroke
from .pictogram import Drawn, Pictogram, pictogram

# Lengths, in units of about a hundredth of a standing person.
HEAD, NECK, TRUNK = 11.0, 5.0, 33.0
UPPER_ARM, FOREARM, THIGH, SHIN = 17.0, 16.0, 20.0, 20.0
SHOULDER, HIP = 11.0, 6.5  # from the middle
ARM_WIDTH, LEG_WIDTH = 8.0, 9.5


@dataclass(frozen=True, slots=True)
class Posture:
    """Angles in degrees: limbs hang down at 0 and lift away from the body's middle.

    lean: of the trunk, to the picture's right · elbows and knees: bent from the limb above
    "left" is the person's own, which is the picture's right
    """

    lean: float = 0.0
    left_arm: float = 25.0
    left_elbow: float = 10.0
    right_arm: float = 25.0
    right_elbow: float = 10.0
    left_leg: float = 8.0
    left_knee: float = 0.0
    right_leg: float = 8.0
    right_knee: float = 0.0


# The range that each angle is drawn from.
RANGES: dict[str, tuple[float, float]] = {
    "lean": (-12, 12),
    "left_arm": (5, 165),
    "left_elbow": (-60, 100),
    "right_arm": (5, 165),
    "right_elbow": (-60, 100),
    "left_leg": (0, 50),
    "left_knee": (-45, 20),
    "right_leg": (0, 50),
    "right_knee": (-45, 20),
}


def random_posture(uniform: Callable[[float, float], float]) -> Posture:
    """uniform: (low, high) -> a random number between them"""
    return Posture(**{name: round(uniform(*span)) for name, span in RANGES.items()})


def joints_of(posture: Posture) -> Outline:
    """17 2, x to the right and y down, the hips' middle at the origin."""
    lean, *limbs = astuple(posture)
    left_arm, left_elbow, right_arm, right_elbow, left_leg, left_knee, right_leg, right_knee = limbs
    up, across = _direction(180 + lean), _direction(90 + lean)
    shoulders = TRUNK * up
    head = (TRUNK + NECK + HEAD) * up
    face = [head + x * across - y * up for x, y in ((0, 2), (4, -1), (-4, -1), (10, 0), (-10, 0))]
    joints = [*face, shoulders + SHOULDER * across, shoulders - SHOULDER * across]
    arms = ((left_arm, left_elbow, 1), (right_arm, right_elbow, -1))
    elbows = [
        joints[5 + n] + UPPER_ARM * _direction(side * arm) for n, (arm, _, side) in enumerate(arms)
    ]
    wrists = [
        elbows[n] + FOREARM * _direction(side * (arm + elbow))
        for n, (arm, elbow, side) in enumerate(arms)
    ]
    hips = [np.array((HIP, 0.0)), np.array((-HIP, 0.0))]
    legs = ((left_leg, left_knee, 1), (right_leg, right_knee, -1))
    knees = [hips[n] + THIGH * _direction(side * leg) for n, (leg, _, side) in enumerate(legs)]
    ankles = [
        knees[n] + SHIN * _direction(side * (leg + knee))
        for n, (leg, knee, side) in enumerate(legs)
    ]
    return np.array([*joints, *elbows, *wrists, *hips, *knees, *ankles])


def person(posture: Posture) -> Pictogram:
    """The shirt is the main colour."""
    joints = joints_of(posture)
    head = (joints[3] + joints[4]) / 2
    up = joints[5:7].mean(axis=0) - joints[11:13].mean(axis=0)
    crown = head + up / TRUNK * 5
    eyes = [("ink", _dot(joints[n], 1.8)) for n in (1, 2)]
    return pictogram(
        (
            *(part for side in (0, 1) for part in _leg(joints, side)),
            ("main", _trunk(joints)),
            *(part for side in (0, 1) for part in _arm(joints, side)),
            ("skin", stroke(6, tuple(joints[5:7].mean(axis=0)), tuple(head))),
            ("hair", _dot(crown, HEAD + 1)),
            ("skin", _dot(head, HEAD - 0.5)),
            *eyes,
        ),
        joints,
    )


def _dot(centre: Outline, radius: float) -> Outline:
    return ellipse(float(centre[0]), float(centre[1]), radius)


def _trunk(joints: Outline) -> Outline:
    left, right, left_hip, right_hip = joints[5], joints[6], joints[11], joints[12]
    aside = (left - right) / np.linalg.norm(left - right)
    return curve(
        *(
            tuple(point)
            for point in (
                left + 3 * aside,
                left_hip + (3 * aside) + (0, 4),
                right_hip - (3 * aside) + (0, 4),
                right - 3 * aside,
            )
        )
    )


def _arm(joints: Outline, side: int) -> tuple[Drawn, ...]:
    shoulder, elbow, wrist = (tuple(joints[n + side]) for n in (5, 7, 9))
    return (
        ("skin", stroke(ARM_WIDTH - 1.5, elbow, wrist)),
        ("main", stroke(ARM_WIDTH, shoulder, elbow)),
        ("skin", _dot(joints[9 + side], 4.5)),
    )


def _leg(joints: Outline, side: int) -> tuple[Drawn, ...]:
    hip, knee, ankle = (tuple(joints[n + side]) for n in (11, 13, 15))
    foot = (ankle[0] + (5 if side == 0 else -5), ankle[1] + 2)
    return (
        ("denim", stroke(LEG_WIDTH, hip, knee)),
        ("denim", stroke(LEG_WIDTH - 1, knee, ankle)),
        ("ink", stroke(6.5, ankle, foot)),
    )


def _direction(degrees: float) -> Outline:
    """Unit vector: down at 0, to the picture's right at 90."""
    return np.array((np.sin(np.radians(degrees)), np.cos(np.radians(degrees))))
