"""YOLO txt labels: a line per object, `class cx cy width height`, in fractions of the picture.

Also `... confidence` (predictions), `... 17 x (x y v)` (poses) and `class x y x y ...` (outlines,
of which the box is taken). Class numbers count from 0 into a list of names kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout import Entity, Layout, Pose
from ..layout.fields import MAX_ITEMS, shown
from ..layout.read import MAX_TEXT
from ..skeletons import JOINT_COUNT, Joint
from .reading import FRACTIONS, Canvas, Placing, kept, kept_field

BOX, SCORED_BOX, POSE = 5, 6, 5 + 3 * JOINT_COUNT  # numbers on a line
SHORTEST_OUTLINE = 7  # class and three points


class YoloLabels(NamedTuple):
    """text: the label file · names: of the classes, one a line in classes.txt or data.yaml"""

    text: str
    names: tuple[str, ...]


def parse(
    text: str,
    names: Sequence[str] = (),
    canvas: Canvas | None = None,
    source: str = "YOLO",
    warnings: list[str] | None = None,
) -> Layout:
    """names: phrases of the classes. Without them objects have no phrase.

    canvas: size of the picture, which the file does not know
    """
    if not isinstance(text, str):
        raise GligenError(f"{source}: {shown(text)} is not text.")
    if len(text) > MAX_TEXT:
        raise GligenError(f"{source}: {len(text):,} characters; at most {MAX_TEXT:,} are read.")
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    poses: list[Pose] = []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{source}: line {number}"
        numbers = _numbers(line, where)
        if not numbers:
            continue
        if len(entities) + len(poses) >= MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} objects.")
        if len(numbers) == POSE:
            joints = _joints(numbers[BOX:])
            if any(joint.visible for joint in joints):
                poses.append(Pose(f"p{len(poses) + 1}", joints))
            continue
        box = placing.box(_corners(numbers, where), FRACTIONS, where)
        if box is not None:
            score = numbers[5] if len(numbers) == SCORED_BOX else None
            text_ = _name(numbers[0], names, where)
            entities.append(Entity(f"e{len(entities) + 1}", box, text_, extra=kept(score=score)))
    placing.check()
    return (canvas or Canvas()).layout(entities, poses=tuple(poses))


def dump(layout: Layout, names: Sequence[str] = ()) -> YoloLabels:
    """Lines for entities, then for poses; phrases that `names` lacks are added behind."""
    phrases = (entity.text for entity in layout.entities)
    names = tuple(dict.fromkeys((*names, *phrases, *(("person",) if layout.poses else ()))))
    lines: list[str] = []
    for entity in layout.entities:
        score = kept_field(entity, "score")
        numbers = (*_centred(entity.box.as_tuple()), *(() if score is None else (score,)))
        lines.append(_line(names.index(entity.text), numbers))
    for pose in layout.poses:
        joints = [
            number
            for x, y, visible in pose.joints
            for number in ((x, y, 2) if visible > 0 else (0, 0, 0))
        ]
        box = pose.box.as_tuple() if pose.box else (0.0, 0.0, 0.0, 0.0)
        lines.append(_line(names.index("person"), (*_centred(box), *joints)))
    return YoloLabels("".join(f"{line}\n" for line in lines), names)


def _numbers(line: str, where: str) -> list[float]:
    words = line.split()
    numbers = [_number(word) for word in words]
    for number, word in zip(numbers, words, strict=True):
        if not isfinite(number):
            raise GligenError(f"{where}: {shown(word)} is not a finite number.")
    return numbers


def _number(word: str) -> float:
    """NaN where it is none."""
    try:
        return float(word)
    except ValueError:
        return nan


def _corners(numbers: Sequence[float], where: str) -> tuple[float, ...]:
    if len(numbers) in (BOX, SCORED_BOX):
        x, y, width, height = numbers[1:5]
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2
    if len(numbers) >= SHORTEST_OUTLINE and len(numbers) % 2:
        xs, ys = numbers[1::2], numbers[2::2]
        return min(xs), min(ys), max(xs), max(ys)
    raise GligenError(
        f"{where}: {len(numbers)} numbers; expected {BOX} (class, centre x, centre y, width, "
        f"height), {SCORED_BOX} with a confidence, {POSE} with 17 keypoints, or a class and at "
        "least three points of an outline."
    )


def _joints(numbers: Sequence[float]) -> tuple[Joint, ...]:
    points = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return tuple(Joint(x, y, 1.0) if v > 0 else Joint(0.0, 0.0, 0.0) for x, y, v in points)


def _name(number: float, names: Sequence[str], where: str) -> str:
    if not number.is_integer() or number < 0:
        raise GligenError(f"{where}: class {number:g}; expected a whole number from 0.")
    if not names:
        return ""
    if number >= len(names):
        raise GligenError(
            f"{where}: class {int(number)}, but {len(names)} class names were given. "
            "Give one for each class, the first for class 0."
        )
    return names[int(number)]


def _centred(corners: Sequence[float]) -> tuple[float, ...]:
    x0, y0, x1, y1 = corners
    return (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0


def _line(number: int, values: Sequence[Any]) -> str:
    return " ".join([str(number), *(f"{value!r}" for value in values)])
