"""Reader of layout JSON, version 1: lenient about unknown fields, strict about broken ones.

Every error names the source, the entity or pose, what was found and what it must be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..geometry import Box
from ..skeletons import JOINT_COUNT, Joint, remedy_for
from ..text import logger, posted_object, writable, writable_json
from .fields import (
    MAX_BOXES,
    MAX_POSES,
    read_extra,
    read_list,
    read_number,
    read_object,
    read_share,
    read_side,
    shown,
)
from .types import VERSION, Entity, Layout, LayoutSequence, Pose, claim_id

MAX_TEXT = 5_000_000  # characters of JSON; 20,000 entities take about 3,000,000
MAX_BRACKETS = 250_000  # lists and objects in JSON; 10,000 poses take 190,000
MAX_LAYOUTS = 10_000  # frames of one sequence
EDGE_TOLERANCE = 1e-6  # an editor's rounding at the canvas edge deserves no warning

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")  # of JSON: half a character, or a pair
_NEAR = 24  # characters shown on each side of a JSON mistake

_log = logger(__name__)

_LAYOUT_FIELDS = {"version", "width", "height", "entities", "poses"}
_ENTITY_FIELDS = {"id", "text", "box", "strength", "image", "use_text", "use_image"}
_POSE_FIELDS = {"id", "joints"}


def parse_layout(
    data: str | bytes | Mapping[str, Any],
    source: str = "layout",
    warnings: list[str] | None = None,
) -> Layout:
    """Read one layout from JSON text or from the object it holds. Raises GligenError.

    source: the file or widget that errors name. warnings: gets what was put right on the way
    (boxes cut at the canvas edge); it is logged as well.
    """
    value = json_value(data, source)
    if isinstance(value, list):
        raise GligenError(
            f"{source}: a list of {len(value)} values; expected one layout, an object "
            '{"version": 1, "entities": [...]}. A list is a sequence of layouts.'
        )
    return _layout(value, source, warnings if warnings is not None else [])


def parse_sequence(
    data: str | bytes | Mapping[str, Any] | list[Any],
    source: str = "layout",
    warnings: list[str] | None = None,
) -> LayoutSequence:
    """Read a list of layouts, or a single one as a sequence of one. Raises GligenError."""
    value = json_value(data, source)
    if not isinstance(value, list):
        return LayoutSequence((parse_layout(value, source, warnings),))
    if not 1 <= len(value) <= MAX_LAYOUTS:
        raise GligenError(f"{source}: {len(value)} layouts; expected 1 to {MAX_LAYOUTS:,}.")
    noted = warnings if warnings is not None else []
    layouts: list[Layout] = []
    boxes = poses = 0
    for number, item in enumerate(value, 1):
        layouts.append(_layout(item, f"{source}, layout {number}", noted))
        boxes, poses = boxes + len(layouts[-1].entities), poses + len(layouts[-1].poses)
        if boxes > MAX_BOXES or poses > MAX_POSES:
            raise GligenError(
                f"{source}: {boxes:,} entities and {poses:,} poses in {number:,} layouts; at most "
                f"{MAX_BOXES:,} and {MAX_POSES:,} are read."
            )
    return LayoutSequence(tuple(layouts))


def json_value(data: Any, source: str) -> Any:
    """The value of JSON text; what is no text stays as it is.

    At most 5,000,000 characters and 250,000 lists and objects: read within a second.
    """
    if not isinstance(data, str | bytes):
        return data
    if len(data) > MAX_TEXT:
        raise GligenError(
            f"{source}: {len(data):,} characters of JSON; at most {MAX_TEXT:,} are read. "
            "Is this a layout?"
        )
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        brackets = text.count("[") + text.count("{")
        if brackets > MAX_BRACKETS:
            raise GligenError(
                f"{source}: {brackets:,} lists and objects in the JSON; at most {MAX_BRACKETS:,} "
                "are read. Is this a layout?"
            )
        if (posted := posted_object(text)) is not None:
            return writable_json(posted)
        value = json.loads(writable(text).removeprefix("\ufeff"))
        return writable_json(value) if _SURROGATE_ESCAPE.search(text) else value
    except json.JSONDecodeError as mistake:
        near = mistake.doc[max(mistake.pos - _NEAR, 0) : mistake.pos + _NEAR]
        raise GligenError(
            f"{source}: not JSON at line {mistake.lineno}, column {mistake.colno}: "
            f"{mistake.msg}, near {near!r}."
        ) from mistake
    except RecursionError as mistake:
        raise GligenError(f"{source}: brackets nested too deep for a layout.") from mistake
    except ValueError as mistake:  # bytes that are no UTF-8, integers of thousands of digits
        raise GligenError(f"{source}: not JSON: {mistake}.") from mistake


def _layout(value: Any, source: str, warnings: list[str]) -> Layout:
    fields = read_object(value, source)
    version = fields.get("version", VERSION)
    if isinstance(version, bool) or version != VERSION:
        newer = type(version) is int and version > VERSION
        why = (
            "A newer version of the pack may have written it."
            if newer
            else "Another program's version? Leave the field out if this is a layout."
        )
        raise GligenError(
            f"{source}: 'version' is {shown(version)}; this pack reads version {VERSION}. {why}"
        )
    if "entities" not in fields and "poses" not in fields:
        raise GligenError(f"{source}: 'entities' is missing; expected a list, [] for none.")
    return Layout(
        entities=_entities(fields.get("entities", []), source, warnings),
        poses=_poses(fields.get("poses", []), source),
        width=read_side(fields, "width", source),
        height=read_side(fields, "height", source),
        extra=read_extra(fields, _LAYOUT_FIELDS, source),
    )


def _entities(value: Any, source: str, warnings: list[str]) -> tuple[Entity, ...]:
    items = read_list(value, "entities", source)
    named = [(_name("entity", number, item, source), item) for number, item in enumerate(items, 1)]
    ids = _ids(named, "e")
    return tuple(
        _entity(item, where, id_, warnings) for (where, item), id_ in zip(named, ids, strict=True)
    )


def _entity(value: Any, where: str, id_: str, warnings: list[str]) -> Entity:
    fields = read_object(value, where)
    text = fields.get("text", "")
    if not isinstance(text, str):
        raise GligenError(f"{where}: 'text' is {shown(text)}; expected a phrase in quotes.")
    image = _image(fields.get("image"), where)
    if image is None and not text.strip():
        raise GligenError(
            f"{where}: 'text' is empty. Name what goes there, or give it a reference image."
        )
    return Entity(
        id=id_,
        box=_box(fields, where, warnings),
        text=text,
        image=image,
        strength=_strength(fields.get("strength", 1.0), where),
        use_text=read_share(fields, "use_text", where),
        use_image=read_share(fields, "use_image", where),
        extra=read_extra(fields, _ENTITY_FIELDS, where),
    )


def _box(fields: Mapping[str, Any], where: str, warnings: list[str]) -> Box:
    if "box" not in fields:
        raise GligenError(f"{where}: 'box' is missing; expected [x0, y0, x1, y1].")
    value = fields["box"]
    corners = [read_number(v) for v in value] if isinstance(value, list | tuple) else []
    if len(corners) != 4 or None in corners:
        raise GligenError(
            f"{where}: 'box' is {shown(value)}; expected four finite numbers [x0, y0, x1, y1], "
            "fractions of the canvas."
        )
    try:
        box = Box.of(corner for corner in corners if corner is not None)
    except GligenError as mistake:
        raise GligenError(f"{where}: {mistake}") from mistake
    inside = box.clamped()
    if inside is None:
        raise GligenError(
            f"{where}: box {list(box.as_tuple())} lies wholly outside the canvas, which is 0..1. "
            "Are these pixels? Divide x by the width and y by the height."
        )
    if _overhang(box) > EDGE_TOLERANCE:
        warnings.append(
            f"{where}: box {list(box.as_tuple())} reaches outside 0..1; "
            f"cut to {list(inside.as_tuple())}."
        )
        _log.warning("%s", warnings[-1])
    return inside


def _overhang(box: Box) -> float:
    return max(-box.x0, -box.y0, box.x1 - 1, box.y1 - 1)


def _image(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise GligenError(
            f"{where}: 'image' is {shown(value)}; expected null or the number of a reference "
            "image, counted from 0."
        )
    return value


def _strength(value: Any, where: str) -> float:
    strength = read_number(value)
    if strength is None or strength < 0:
        raise GligenError(
            f"{where}: 'strength' is {shown(value)}; expected a number from 0, usually 0 to 1."
        )
    return strength


def _poses(value: Any, source: str) -> tuple[Pose, ...]:
    items = read_list(value, "poses", source)
    named = [(_name("pose", number, item, source), item) for number, item in enumerate(items, 1)]
    ids = _ids(named, "p")
    return tuple(_pose(item, where, id_) for (where, item), id_ in zip(named, ids, strict=True))


def _pose(value: Any, where: str, id_: str) -> Pose:
    fields = read_object(value, where)
    joints = fields.get("joints")
    if not isinstance(joints, list | tuple) or len(joints) != JOINT_COUNT:
        count = len(joints) if isinstance(joints, list | tuple) else None
        found = shown(joints) if count is None else f"{count} joints"
        raise GligenError(
            f"{where}: 'joints' is {found}; expected {JOINT_COUNT} of [x, y, visible] in COCO's "
            f"order. {remedy_for(count)}"
        )
    return Pose(
        id=id_,
        joints=tuple(_joint(joint, number, where) for number, joint in enumerate(joints)),
        extra=read_extra(fields, _POSE_FIELDS, where),
    )


def _joint(value: Any, number: int, where: str) -> Joint:
    numbers = [read_number(v) for v in value] if isinstance(value, list | tuple) else []
    if len(numbers) != 3 or None in numbers:
        raise GligenError(
            f"{where}: joint {number} is {shown(value)}; expected [x, y, visible], "
            "three finite numbers."
        )
    x, y, visible = (v for v in numbers if v is not None)
    return Joint(x, y, visible)


def _ids(named: list[tuple[str, Any]], prefix: str) -> list[str]:
    """Ids, one each: their own, else prefix and position. Two of the same are an error."""
    owners: dict[str, str] = {}
    for where, item in named:
        id_ = item.get("id") if isinstance(item, Mapping) else None
        if id_ is None:
            continue
        if not isinstance(id_, str) or not id_:
            raise GligenError(f"{where}: 'id' is {shown(id_)}; expected text, or no id at all.")
        if id_ in owners:
            raise GligenError(
                f"{owners[id_]} and {where} share the id {id_!r}; every id must be its own. "
                "Rename one, or leave the id out."
            )
        owners[id_] = where
    own = [item.get("id") if isinstance(item, Mapping) else None for _, item in named]
    taken = set(owners)
    return [id_ or claim_id(f"{prefix}{n}", prefix, taken) for n, id_ in enumerate(own, 1)]


def _name(kind: str, number: int, value: Any, source: str) -> str:
    text = value.get("text") or value.get("id") if isinstance(value, Mapping) else None
    named = f" ({shown(text)})" if isinstance(text, str) and text else ""
    return f"{source}: {kind} {number}{named}"
