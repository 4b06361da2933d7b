"""POSE_KEYPOINT: OpenPose JSON as DWPose, OpenPose and SDPose nodes hand it on.

A list of frames, or a bare frame: `{"people": [{"pose_keypoints_2d": [x, y, c, ...]}],
"canvas_width", "canvas_height"}`. Points are pixels of the canvas, or fractions in older data;
the third number is a score, at most 0 for a missing joint. Faces, hands and feet are not read.

The openpose-editor node gives a picture only; its pose lies in its property `savedPose`, which is
read too: `{"width", "height", "keypoints": [[[x, y], ...], ...]}`, 18 points a person in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts, Pose, frames_of
from ..layout.fields import MAX_POSES, shown
from ..skeletons import JOINT_COUNT, Joint
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .values import (
    read_coordinate,
    read_data,
    read_fields,
    read_frames,
    read_items,
    sequence,
)

# Where COCO's 17 joints (nose, eyes, ears, shoulders, ...) stand in the others' orders.
FROM_OPENPOSE_18 = (0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10)
FROM_BODY_25 = (0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11)
ORDERS = {18: FROM_OPENPOSE_18, 25: FROM_BODY_25}  # by the number of joints
assert all(len(order) == len(set(order)) == JOINT_COUNT for order in ORDERS.values())

NECK, LEFT_SHOULDER, RIGHT_SHOULDER = 1, 5, 6  # OpenPose's neck; COCO's shoulders
DEFAULT_THRESHOLD = Context().options.threshold


def parse(data: Any, context: Context) -> Layouts:
    """A layout of poses for each frame. Joints scored under the options' threshold are missing.

    context: its canvas is for data in pixels that do not tell their size
    """
    source, canvas = context.source, context.canvas
    canvas = canvas if canvas is not None and canvas.told else None
    value = read_data(data, source)
    frames = [value] if isinstance(value, Mapping) else read_frames(value, source)
    count = sum(_count(frame) for frame in frames)
    if count > MAX_POSES:
        raise GligenError(
            f"{source}: {count:,} people in all frames together; at most {MAX_POSES:,} are read."
        )
    context.tally.form = "POSE_KEYPOINT"
    animals = sum(_animals(frame) for frame in frames)
    if animals:
        context.tally.left["animals"] += animals
        context.note(f"{source}: {animals} animals left out; GLIGEN knows the joints of people.")
    return sequence(
        [
            _frame(frame, canvas, context, f"{source}: frame {number}")
            for number, frame in enumerate(frames, 1)
        ],
        source,
    )


def dump(layouts: Layouts, context: Context = UNSAID) -> list[dict[str, Any]]:
    """A frame for each layout, 18 points a person in pixels; the neck lies between the shoulders.

    Missing joints are (0, 0, 0).
    """
    return [_dump_frame(layout) for layout in frames_of(layouts)]


def is_frame(value: Any) -> bool:
    return isinstance(value, Mapping) and (
        "people" in value or "animals" in value or _is_saved(value)
    )


def recognises(value: Any) -> bool:
    """People, or a list of frames of them."""
    return is_frame(value) or (
        isinstance(value, list | tuple) and bool(value) and is_frame(value[0])
    )


def _animals(frame: Any) -> int:
    """How many there are beside people."""
    if not isinstance(frame, Mapping) or not frame.get("people"):
        return 0
    animals = frame.get("animals")
    return len(animals) if isinstance(animals, list | tuple) else 0


def _frame(value: Any, canvas: Canvas | None, context: Context, where: str) -> Layout:
    fields = read_fields(value, where)
    if fields.get("animals") and not fields.get("people"):
        raise GligenError(
            f"{where}: animal keypoints ({shown(fields.get('version'))}); GLIGEN knows the joints "
            "of people only."
        )
    if _is_saved(fields):
        fields = _frame_of_saved(fields, where)
    if "people" not in fields and "animals" not in fields:
        raise GligenError(f"{where}: 'people' is missing; expected a list, [] for none.")
    if fields.get("canvas_width") is not None:
        canvas = Canvas.read(fields["canvas_width"], fields.get("canvas_height"), where)
    people = [
        _points(person, f"{where}, person {number}")
        for number, person in enumerate(read_items(fields.get("people") or (), "people", where), 1)
    ]
    people = [
        [_seen(point, context.options.threshold) for point in points] for points in people if points
    ]
    visible = [point for points in people for point in points if point.visible]
    # The test of comfyui_controlnet_aux: every point inside the unit square means fractions.
    fractions = all(abs(point.x) <= 1 and abs(point.y) <= 1 for point in visible)
    if canvas is None and not fractions:
        raise GligenError(
            f"{where}: points in pixels without 'canvas_width' and 'canvas_height'. "
            "Give the size of the picture."
        )
    canvas = canvas or Canvas()
    scale = (1, 1) if fractions else (canvas.width, canvas.height)
    size = "fractions" if fractions else f"pixels of {canvas.width} x {canvas.height}"
    context.tally.units = context.tally.units or (size if visible else "")
    poses = [
        tuple(Joint(x / scale[0], y / scale[1], c) for x, y, c in points)
        for points in people
        if any(point.visible for point in points)
    ]
    return canvas.layout(
        poses=tuple(Pose(f"p{number}", joints) for number, joints in enumerate(poses, 1))
    )


def _is_saved(value: Mapping[str, Any]) -> bool:
    return "people" not in value and all(name in value for name in ("keypoints", "width", "height"))


def _frame_of_saved(saved: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The editor's people as a frame; a point without a place, or at 0 0, is missing."""
    people: list[dict[str, Any]] = []
    for number, points in enumerate(read_items(saved["keypoints"], "people", where), 1):
        flat: list[Any] = []
        for point in read_items(points, "points", f"{where}, person {number}"):
            if not isinstance(point, list | tuple) or len(point) != 2:
                raise GligenError(f"{where}, person {number}: {shown(point)} is no point [x, y].")
            x, y = point
            flat += [x, y, 0.0 if (x, y) in ((0, 0), (None, None)) else 1.0]
        people.append({"pose_keypoints_2d": flat})
    return {"people": people, "canvas_width": saved["width"], "canvas_height": saved["height"]}


def _count(frame: Any) -> int:
    """People in a frame, if it is one."""
    fields = frame if isinstance(frame, Mapping) else {}
    people = fields.get("people", fields.get("keypoints"))
    return len(people) if isinstance(people, list | tuple) else 0


def _points(value: Any, where: str) -> list[Joint] | None:
    """A person's 17 points in COCO's order, or None for one without a body (None parts)."""
    flat = read_fields(value, where).get("pose_keypoints_2d")
    if flat is None:
        return None
    flat = read_items(flat, "numbers", where)
    if not flat:
        return None
    if len(flat) % 3 or len(flat) // 3 not in ORDERS:
        raise GligenError(
            f"{where}: 'pose_keypoints_2d' has {len(flat)} items; expected 54 numbers "
            "(18 joints of x, y, score, flat) or 75 (25 joints)."
        )
    numbers = [0.0 if number is None else read_coordinate(number, where) for number in flat]
    triples = list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    return [Joint(*triples[index]) for index in ORDERS[len(triples)]]


def _seen(joint: Joint, threshold: float) -> Joint:
    """The joint, or (0, 0, 0) for a missing one: no score, or the place (-1, -1)."""
    there = joint.visible > 0 and joint.visible >= threshold and max(joint.x, joint.y) >= 0
    return joint if there else Joint(0.0, 0.0, 0.0)


def _dump_frame(layout: Layout) -> dict[str, Any]:
    return {
        "people": [
            {
                "pose_keypoints_2d": _flat(pose.joints, layout),
                "face_keypoints_2d": None,
                "hand_left_keypoints_2d": None,
                "hand_right_keypoints_2d": None,
            }
            for pose in layout.poses
        ],
        "canvas_height": layout.height,
        "canvas_width": layout.width,
    }


def _flat(joints: Sequence[Joint], layout: Layout) -> list[float]:
    points = [(0.0, 0.0, 0.0)] * 18
    for joint, index in zip(joints, FROM_OPENPOSE_18, strict=True):
        if joint.visible > 0:
            points[index] = (joint.x * layout.width, joint.y * layout.height, joint.visible)
    one, other = points[FROM_OPENPOSE_18[LEFT_SHOULDER]], points[FROM_OPENPOSE_18[RIGHT_SHOULDER]]
    if one[2] and other[2]:
        points[NECK] = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2, min(one[2], other[2]))
    return [number for point in points for number in point]


FORMAT = Format(
    name="OpenPose",
    title="OpenPose / DWPose / SDPose",
    sign="`people`, or `keypoints` with `width` and `height`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("POSE_KEYPOINT",),
    capabilities=Capabilities(
        boxes=False,
        phrases=False,
        poses=True,
        frames=True,
        canvas=True,
        visibility="exact",
        grid="exact",
    ),
)
