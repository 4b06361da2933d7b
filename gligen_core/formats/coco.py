"""COCO annotations (cocodataset.org, "data format"): boxes, keypoints, categories as phrases.

Boxes are [x, y, width, height] in pixels, keypoints 17 x (x, y, v) in pixels with v 0 for "not
labelled", 1 for "hidden" and 2 for "visible".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts, Pose
from ..layout.fields import MAX_ITEMS, shown
from ..skeletons import COCO_JOINTS, COCO_LIMBS, JOINT_COUNT, Joint, remedy_for
from .capabilities import Capabilities
from .choosing import chosen
from .field_names import label_of, plain_fields, score_of
from .format import Format
from .parsing import ASSUMED, UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .units import CORNERS, SLACK, space_of
from .values import (
    BrokenValue,
    kept,
    kept_field,
    key_of,
    phrase_of,
    read_coordinate,
    read_data,
    read_fields,
    read_four,
    sequence,
)

HIDDEN = 0.5  # how visible a joint with v = 1 is
PERSON = "person"
SIGNS = frozenset(("image_id", "iscrowd"))  # of an annotation


def parse(data: Any, context: Context) -> Layouts:
    """One picture's annotations.

    options: `picture`, its file name or id, where the file holds several; `people`. Crowds
    ("iscrowd") are left out: they are no single thing.
    """
    source = context.source
    fields = read_fields(read_data(data, source), source)
    picture = _picture(_rows(fields, "images", source), context)
    canvas = None
    if picture.get("width") is not None or picture.get("height") is not None:
        canvas = Canvas.read(picture.get("width"), picture.get("height"), f"{source}: the image")
    names = names_in(fields, source)
    rows = [
        (number, row)
        for number, row in enumerate(_rows(fields, "annotations", source), 1)
        if row.get("image_id", picture.get("id")) == picture.get("id")
    ]
    return read_annotations(rows, names, canvas, Placing(context, "COCO"))


def names_in(fields: Mapping[str, Any], source: str) -> dict[str, str]:
    """What the categories of a data set are called, by their ids."""
    return {
        key_of(row.get("id")): phrase_of(row.get("name"))
        for row in _rows(fields, "categories", source, required=False)
    }


def read_annotations(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    names: Mapping[str, str],
    canvas: Canvas | None,
    placing: Placing,
) -> Layouts:
    """(number, annotation) pairs of one picture. names: of categories by their ids"""
    context = placing.context
    shape = canvas or context.canvas or ASSUMED
    candidates: list[Candidate] = []
    poses: list[Pose] = []
    for number, row in rows:
        where = f"{context.source}: annotation {number}"
        if row.get("iscrowd"):
            context.tally.left["crowd"] += 1
            continue
        if len(candidates) + len(poses) >= MAX_ITEMS:
            raise GligenError(f"{context.source}: more than {MAX_ITEMS:,} objects in one picture.")
        with placing.row():
            joints = _joints(row.get("keypoints"), shape, where)
            if joints and context.options.people != "boxes":
                poses.append(Pose(f"p{len(poses) + 1}", joints))
            if joints and (context.options.people == "poses" or not row.get("bbox")):
                continue
            candidates.append(_candidate(row, names, where, placing))
    space = space_of(candidates, context, canvas)
    entities = placing.entities(candidates, space)
    placing.check(space, len(poses))
    return sequence([shape.layout(entities, poses=tuple(poses))], context.source)


def recognises(value: Any) -> bool:
    """A data set: annotations of images, by their ids."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("annotations"), list | tuple)
        and isinstance(value.get("images"), list | tuple)
    )


def _candidate(
    row: Mapping[str, Any], names: Mapping[str, str], where: str, placing: Placing
) -> Candidate:
    if not row.get("bbox"):
        raise BrokenValue(f"{where}: 'bbox' is {shown(row.get('bbox'))}; expected four numbers.")
    four = read_four(row.get("bbox"), "'bbox' [x, y, width, height] in pixels", where)
    fields = plain_fields(row)
    text = names.get(key_of(row.get("category_id")), "") or label_of(fields)
    corners = CORNERS[placing.context.options.order or "xywh"](*four)
    return placing.candidate(corners, where, text, kept(score=score_of(fields)))


def dump(layout: Layout, context: Context = UNSAID) -> dict[str, Any]:
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
    picture = {
        "id": 1,
        "file_name": context.options.file_name,
        "width": canvas.width,
        "height": canvas.height,
    }
    return {"images": [picture], "annotations": annotations, "categories": categories}


def _rows(
    fields: Mapping[str, Any], name: str, source: str, required: bool = True
) -> Iterator[Mapping[str, Any]]:
    rows = fields.get(name, None if required else [])
    if not isinstance(rows, list | tuple):
        raise GligenError(f"{source}: {name!r} is {shown(rows)}; expected a list of objects.")
    for number, row in enumerate(rows, 1):
        yield read_fields(row, f"{source}: {name} {number}")


def _picture(rows: Iterator[Mapping[str, Any]], context: Context) -> Mapping[str, Any]:
    pictures = list(rows)
    names = [(row.get("file_name"), row.get("id")) for row in pictures]
    return pictures[chosen(names, context, "images")]


def _joints(value: Any, canvas: Canvas, where: str) -> tuple[Joint, ...] | None:
    """17 joints, or None where the annotation has none or none of them is labelled."""
    if value is None or value == []:
        return None
    if not isinstance(value, list | tuple) or len(value) != 3 * JOINT_COUNT:
        count = len(value) // 3 if isinstance(value, list | tuple) else None
        raise BrokenValue(
            f"{where}: 'keypoints' are {shown(value)}; expected {3 * JOINT_COUNT} numbers, "
            f"x, y, v of each joint in COCO's order. {remedy_for(count)}"
        )
    numbers = [read_coordinate(number, where) for number in value]
    if all(abs(value) <= SLACK for x, y, _ in _triples(numbers) for value in (x, y)):
        canvas = Canvas(1, 1)
    joints = tuple(
        Joint(x / canvas.width, y / canvas.height, (0.0, HIDDEN, 1.0)[int(min(max(v, 0), 2))])
        if v > 0
        else Joint(0.0, 0.0, 0.0)
        for x, y, v in _triples(numbers)
    )
    return joints if any(joint.visible for joint in joints) else None


def _triples(numbers: Sequence[float]) -> Iterator[tuple[float, float, float]]:
    return zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)


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


FORMAT = Format(
    name="COCO",
    sign="`images` and `annotations`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    capabilities=Capabilities(
        poses=True, canvas=True, scores=True, visibility="halves", grid="exact"
    ),
)
