"""Where an object says that it is: named sides, points, or four numbers of doubtful order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..layout.fields import shown
from .field_names import (
    CENTRES,
    FOURS,
    MIDDLES,
    PAIRS,
    POINTS,
    SIZES,
    STARTS,
    plain,
    plain_fields,
)
from .parsing import Order, Units
from .units import CORNERS, ORDER_NAMES, SLACK
from .values import BrokenValue, around, is_array, read_coordinate, scalar

FOUR = 4
CENTRED = frozenset(("coordinates",))  # objects whose x and y are the centre (CreateML)
POINTS_NEEDED = 2
DETECTION = frozenset(("detectionid", "predictiontype", "classid"))
"""Fields that, beside x, y, width and height, only the services with centres write."""


class Place(NamedTuple):
    """numbers: four · order: None where it is in doubt · units: None for pixels or fractions
    field: as it was written · centred: x and y may be the centre as well as the corner"""

    numbers: tuple[float, ...]
    order: Order | None
    units: Units | None
    field: str
    is_named: bool = False

    @property
    def corners(self) -> tuple[float, ...]:
        """x0 y0 x1 y1, of a place whose order is known."""
        assert self.order is not None
        return CORNERS[self.order](*self.numbers)


def has_place(value: Any) -> bool:
    """Whether an object says where it is, though it may be broken."""
    if not isinstance(value, Mapping):
        return False
    fields = plain_fields(value)
    return _says_sides(fields) or any(
        name in fields and _looks_placed(fields[name]) for name in FOURS
    )


def place_of(item: Mapping[str, Any], where: str) -> Place | None:
    """The surest place that an object names, or None. BrokenValue for numbers that are none."""
    fields = plain_fields(item)
    found = [place for name in FOURS if (place := _field(fields, name, where)) is not None]
    sides = _named(fields, where)
    if sides is not None:
        found.insert(0, sides)
    return next((place for place in found if place.order), found[0] if found else None)


def _field(fields: Mapping[str, Any], name: str, where: str) -> Place | None:
    value: Any = fields.get(name)
    if isinstance(value, Mapping):
        return _nested(value, name, where)
    if not isinstance(value, list | tuple):
        if not is_array(value):
            return None
        value = value.tolist()
    points = _points(value, where)
    if points is not None:
        return Place(points, "xyxy", _units_of(name), name, True)
    if len(value) != FOUR:
        if name in ("points", "polygon", "vertices", "quad") and _is_flat(value):
            numbers = [read_coordinate(number, where) for number in value]
            return Place(around(numbers[::2], numbers[1::2]), "xyxy", None, name, True)
        if name in ("box", "bbox", "bbox2d", "box2d", "boundingbox", "rect", "xyxy"):
            raise BrokenValue(f"{where}: {shown(name)} is {shown(value)}; expected four numbers.")
        return None
    if not any(isinstance(number, int | float) for number in value):
        if name not in ("box", "bbox", "bbox2d", "box2d", "boundingbox"):
            return None
    numbers = tuple(read_coordinate(number, where) for number in value)
    order, units = _claim(fields, name, numbers)
    return Place(numbers, order, units, name)


def _nested(value: Mapping[str, Any], name: str, where: str) -> Place | None:
    inner = plain_fields(value)
    sides = _named(inner, where, centred=name in CENTRED)
    if sides is not None:
        return sides
    for each in ("exterior", "points", "vertices", "normalizedvertices"):
        points = _points(inner.get(each), where)
        if points is not None:
            return Place(points, "xyxy", _units_of(each), each, True)
    return None


def _claim(
    fields: Mapping[str, Any], name: str, numbers: Sequence[float]
) -> tuple[Order | None, Units | None]:
    """What a list's own name, or a field beside it, says of its four numbers."""
    for hint in ("boxformat", "bboxformat", "bboxmode", "boxmode", "format", "coordsystem"):
        stated = fields.get(hint)
        if isinstance(stated, str) and plain(stated) in ORDER_NAMES:
            return ORDER_NAMES[plain(stated)]
    mode = fields.get("bboxmode")
    if isinstance(mode, int) and mode in (0, 1):  # Detectron2's XYXY_ABS and XYWH_ABS
        return ("xyxy" if mode == 0 else "xywh"), "pixels"
    bare = name.removeprefix("bbox").removeprefix("box")
    if bare in ORDER_NAMES and (name != "xywh"):  # which some programs give the centre
        return ORDER_NAMES[bare]
    if name == "bbox2d":
        return ("xyxy", None) if _in_order(numbers) else (None, None)
    if name == "box2d":
        return ("yxyx", "thousandths") if max(numbers) <= 1000 else (None, None)
    if name == "box" and max(map(abs, numbers)) <= SLACK and _in_order(numbers):
        return "xyxy", "fractions"
    if name == "boundingbox" and "cls" in fields and fields["cls"] == "Detection":
        return "xywh", "fractions"  # FiftyOne
    if name == "bbox" and ("categoryid" in fields or "iscrowd" in fields):
        return "xywh", None  # COCO
    return None, None


def _in_order(numbers: Sequence[float]) -> bool:
    """Whether they can be two corners, upper left first."""
    return numbers[0] < numbers[2] and numbers[1] < numbers[3]


def _sides(fields: Mapping[str, Any]) -> tuple[Order, tuple[str, ...]] | None:
    """The order and the names of four fields that name sides."""
    for start, end in PAIRS:
        if all(name in fields for name in (*start, *end)):
            return "xyxy", (*start, *end)
    sized: tuple[tuple[Order, Any], ...] = (("cxcywh", MIDDLES), ("xywh", STARTS))
    for order, places in sized:
        for place in places:
            for size in SIZES:
                if all(name in fields for name in (*place, *size)):
                    return order, (*place, *size)
    return None


def _says_sides(fields: Mapping[str, Any]) -> bool:
    """Whether they name four sides, two corners, or a centre and a size."""
    return (
        _sides(fields) is not None
        or any(start in fields and end in fields for start, end in POINTS if start != "min")
        or (
            any(name in fields for name in CENTRES)
            and ("size" in fields or any(width in fields for width, _ in SIZES))
        )
    )


def _named(fields: Mapping[str, Any], where: str, centred: bool = False) -> Place | None:
    found = _sides(fields)
    if found is not None:
        order, names = found
        numbers = tuple(read_coordinate(fields[name], f"{where}: {name}") for name in names)
        doubted = names[:2] == ("x", "y")
        asked = _centre_or_corner(fields, centred, names) if doubted else order
        return Place(numbers, asked, None, ", ".join(names), not doubted)
    for start, end in POINTS:
        ends = (_point(fields.get(start), where), _point(fields.get(end), where))
        if ends[0] is not None and ends[1] is not None:
            return Place((*ends[0], *ends[1]), "xyxy", None, f"{start}, {end}", True)
    for name in CENTRES:
        centre = _point(fields.get(name), where)
        size = _size(fields, where)
        if centre is not None and size is not None:
            return Place((*centre, *size), "cxcywh", None, name, True)
    return None


def _centre_or_corner(
    fields: Mapping[str, Any], centred: bool, names: Sequence[str]
) -> Order | None:
    """Of x, y and a size: the corner, as everybody's, but for the services that write the centre
    beside `class` and `confidence`; one of the two alone leaves it in doubt."""
    if centred:
        return "cxcywh"
    service = "class" in fields and "confidence" in fields and "width" in names
    if service or (DETECTION & fields.keys() and "width" in names):
        return "cxcywh"
    unlabelled = not any(name in fields for name in ("label", "name", "text", "score", "desc"))
    return None if unlabelled and ("class" in fields or "confidence" in fields) else "xywh"


def _point(value: Any, where: str) -> tuple[float, float] | None:
    if isinstance(value, Mapping):
        fields = plain_fields(value)
        value = [fields.get("x"), fields.get("y")]
    if isinstance(value, list | tuple) and len(value) == 2 and None not in value:
        if all(scalar(number) is not None for number in value):
            return read_coordinate(value[0], where), read_coordinate(value[1], where)
    return None


def _size(fields: Mapping[str, Any], where: str) -> tuple[float, float] | None:
    size = fields.get("size")
    if isinstance(size, Mapping):
        fields = plain_fields(size)
    elif size is not None:
        return _point(size, where)
    for names in SIZES:
        if all(name in fields for name in names):
            return _point([fields[name] for name in names], where)
    return None


def _points(value: Any, where: str) -> tuple[float, ...] | None:
    """The box around a list of points ([x, y] or {"x", "y"}), at least two of them."""
    if not isinstance(value, list | tuple) or len(value) < POINTS_NEEDED:
        return None
    if not all(isinstance(point, list | tuple | Mapping) for point in value):
        return None
    points = [_point(point, where) for point in value]
    there = [point for point in points if point is not None]
    if len(there) != len(points):
        return None
    return around([x for x, _ in there], [y for _, y in there])


def _units_of(name: str) -> Units | None:
    return "fractions" if name.startswith("normalized") else None


def _is_flat(value: Sequence[Any]) -> bool:
    return len(value) >= 2 * POINTS_NEEDED and len(value) % 2 == 0 and scalar(value[0]) is not None


def _looks_placed(value: Any) -> bool:
    if isinstance(value, Mapping):
        inner = plain_fields(value)
        return _says_sides(inner) or any(
            name in inner for name in ("exterior", "points", "vertices", "normalizedvertices")
        )
    if is_array(value):
        return len(value) == FOUR
    if not isinstance(value, list | tuple):
        return False
    return len(value) == FOUR or (
        len(value) >= POINTS_NEEDED and isinstance(value[0], list | tuple | Mapping)
    )
