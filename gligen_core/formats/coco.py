"""COCO annotations (cocodataset.org, "data format"): boxes, keypoints, categories as phrases.

Boxes are [x, y, width, height] in pixels, keypoints 17 x (x, y, v) in pixels with v 0 for "not
labelled", 1 for "hidden" and 2 for "visible".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ..errors import GligenError
from ..layout import Entity, Layout, Pose
from ..layout.fields import MAX_ITEMS, shown
from ..skeletons import COCO_JOINTS, COCO_LIMBS, JOINT_COUNT, Joint, remedy_for
from .reading import (
    Canvas,
    Placing,
    corners_of,
    kept,
    kept_field,
    phrase_of,
    read_coordinate,
    read_data,
    read_fields,
    read_four,
)

People = Literal["boxes", "poses", "both"]
"""What an annotation with keypoints becomes."""

HIDDEN = 0.5  # how visible a joint with v = 1 is
PERSON = "person"


def parse(
    data: Any,
    image: str | int | None = None,
    people: People = "both",
    source: str = "COCO",
    warnings: list[str] | None = None,
) -> Layout:
    """One picture's annotations.

    image: file name or id of the picture; needed where the file holds several. Crowds ("iscrowd")
    are left out: they are no single thing.
    """
    fields = read_fields(read_data(data, source), source)
    picture = _picture(_rows(fields, "images", source), image, source)
    canvas = Canvas.read(picture.get("width"), picture.get("height"), f"{source}: the image")
    names = {
        str(row.get("id")): phrase_of(row.get("name"))
        for row in _rows(fields, "categories", source, required=False)
    }
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    poses: list[Pose] = []
    for number, row in enumerate(_rows(fields, "annotations", source), 1):
        if row.get("image_id", picture.get("id")) != picture.get("id") or row.get("iscrowd"):
            continue
        if len(entities) + len(poses) >= MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} objects in one picture.")
        where = f"{source}: annotation {number}"
        joints = _joints(row.get("keypoints"), canvas, where)
        if joints and people != "boxes":
            poses.append(Pose(f"p{len(poses) + 1}", joints))
        if joints and people == "poses":
            continue
        box = placing.box(_corners(row, where), canvas, where)
        if box is not None:
            text = names.get(str(row.get("category_id")), "")
            extra = kept(score=row.get("score"))
            entities.append(Entity(f"e{len(entities) + 1}", box, text, extra=extra))
    placing.check()
    return canvas.layout(entities, poses=tuple(poses))


def dump(layout: Layout, file_name: str = "layout.png") -> dict[str, Any]:
    """A data set of one picture: a category for each phrase, and one for poses."""
    canvas = Canvas.of(layout)
    names = list(dict.fromkeys(entity.text for entity in layout.entities))
    categories: list[dict[str, Any]] = [
        {"id": number, "name": name} for number, name in enumerate(names, 1)
    ]
    annotations = [
        _annotation(_pixel_box(entity.box.as_tuple(), canvas), names.index(entity.text) + 1)
        | ({} if kept_field(entity, "score") is None else {"score": kept_field(entity, "score")})
        for entity in layout.entities
    ]
    if layout.poses:
        categories.append(_person_category(len(names) + 1))
        annotations += [
            _pose_annotation(pose, canvas, len(names) + 1)
            for pose in layout.poses
            if any(joint.visible > 0 for joint in pose.joints)
        ]
    for number, annotation in enumerate(annotations, 1):
        annotation["id"] = number
    picture = {"id": 1, "file_name": file_name, "width": canvas.width, "height": canvas.height}
    return {"images": [picture], "annotations": annotations, "categories": categories}


def _rows(
    fields: Mapping[str, Any], name: str, source: str, required: bool = True
) -> Iterator[Mapping[str, Any]]:
    rows = fields.get(name, None if required else [])
    if not isinstance(rows, list | tuple):
        raise GligenError(f"{source}: {name!r} is {shown(rows)}; expected a list of objects.")
    for number, row in enumerate(rows, 1):
        yield read_fields(row, f"{source}: {name} {number}")


def _picture(
    rows: Iterator[Mapping[str, Any]], image: str | int | None, source: str
) -> Mapping[str, Any]:
    pictures = list(rows)
    if image is not None:
        pictures = [row for row in pictures if image in (row.get("file_name"), row.get("id"))]
        if not pictures:
            raise GligenError(f"{source}: no image has the file name or id {shown(image)}.")
    if len(pictures) != 1:
        names = ", ".join(shown(row.get("file_name", row.get("id"))) for row in pictures[:3])
        raise GligenError(
            f"{source}: {len(pictures):,} images{f' ({names}, ...)' if names else ''}; "
            "expected one. Say which by its file name or id."
        )
    return pictures[0]


def _corners(row: Mapping[str, Any], where: str) -> tuple[float, ...]:
    return corners_of(*read_four(row.get("bbox"), "'bbox' [x, y, width, height] in pixels", where))


def _joints(value: Any, canvas: Canvas, where: str) -> tuple[Joint, ...] | None:
    """17 joints, or None where the annotation has none or none of them is labelled."""
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 3 * JOINT_COUNT:
        count = len(value) // 3 if isinstance(value, list | tuple) else None
        raise GligenError(
            f"{where}: 'keypoints' are {shown(value)}; expected {3 * JOINT_COUNT} numbers, "
            f"x, y, v of each joint in COCO's order. {remedy_for(count)}"
        )
    numbers = [read_coordinate(number, where) for number in value]
    joints = tuple(
        Joint(x / canvas.width, y / canvas.height, (0.0, HIDDEN, 1.0)[int(min(max(v, 0), 2))])
        if v > 0
        else Joint(0.0, 0.0, 0.0)
        for x, y, v in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    )
    return joints if any(joint.visible for joint in joints) else None


def _annotation(box: Sequence[float], category: int) -> dict[str, Any]:
    return {
        "id": 0,
        "image_id": 1,
        "category_id": category,
        "bbox": list(box),
        "area": box[2] * box[3],
        "iscrowd": 0,
    }


def _pixel_box(corners: Sequence[float], canvas: Canvas) -> list[float]:
    x0, y0, x1, y1 = corners
    return [
        x0 * canvas.width,
        y0 * canvas.height,
        (x1 - x0) * canvas.width,
        (y1 - y0) * canvas.height,
    ]


def _pose_annotation(pose: Pose, canvas: Canvas, category: int) -> dict[str, Any]:
    keypoints: list[float] = []
    for joint in pose.joints:
        level = 0 if joint.visible <= 0 else 1 if joint.visible <= HIDDEN else 2
        x, y = (joint.x * canvas.width, joint.y * canvas.height) if level else (0, 0)
        keypoints += [x, y, level]
    box = pose.box.as_tuple() if pose.box else (0.0, 0.0, 0.0, 0.0)
    return _annotation(_pixel_box(box, canvas), category) | {
        "keypoints": keypoints,
        "num_keypoints": sum(joint.visible > 0 for joint in pose.joints),
    }


def _person_category(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": PERSON,
        "keypoints": [name.replace(" ", "_") for name in COCO_JOINTS],
        "skeleton": [[one + 1, other + 1] for one, other in COCO_LIMBS],  # COCO counts from 1
    }
