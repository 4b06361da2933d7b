"""YOLO txt labels: a line per object, `class cx cy width height`, in fractions of the picture.

Behind the box a confidence, a track's number, or both; or 17 x (x y v) (poses); or
`class x y x y ...` (outlines, of which the box is taken). Outlines lie in 0..1, so a last whole
number over 1 is a track's. Class numbers count from 0 into a list of names kept elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout import Layout, Layouts, Pose
from ..layout.fields import MAX_ITEMS, shown
from ..layout.read import MAX_TEXT
from ..skeletons import JOINT_COUNT, Joint
from .capabilities import Capabilities
from .format import Format
from .parsing import ASSUMED, UNSAID, Context
from .placing import Candidate, Placing
from .units import CORNERS, space_of
from .values import BrokenValue, around, kept, kept_field, number_in, sequence

BOX, POSE = 5, 5 + 3 * JOINT_COUNT  # numbers on a line
SHORTEST_OUTLINE = 7  # class and three points


class YoloLabels(NamedTuple):
    """text: the label file · names: of the classes, one a line in classes.txt or data.yaml"""

    text: str
    names: tuple[str, ...]


class Line(NamedTuple):
    """kind: class number · rest: what stands behind it · track: the number of a track, or None"""

    kind: float
    rest: tuple[float, ...]
    track: float | None


def parse(data: Any, context: Context) -> Layouts:
    """The options' class names are phrases of the classes; without them objects have no phrase.

    context: its canvas is the size of the picture, which the file does not know
    """
    source = context.source
    if not isinstance(data, str):
        raise GligenError(f"{source}: {shown(data)} is not text.")
    if len(data) > MAX_TEXT:
        raise GligenError(f"{source}: {len(data):,} characters; at most {MAX_TEXT:,} are read.")
    placing = Placing(context, "YOLO")
    candidates: list[Candidate] = []
    poses: list[Pose] = []
    lines = _lines(data)
    has_tracks = any(_is_track(words) for _, words in lines)
    for number, words in lines:
        where = f"{source}: line {number}"
        if len(candidates) + len(poses) >= MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} objects.")
        with placing.row():
            line = _line_of(words, has_tracks, where)
            if len(line.rest) in (POSE - 1, POSE):
                joints = _joints(line.rest[BOX - 1 : POSE - 1])
                if any(joint.visible for joint in joints):
                    poses.append(Pose(f"p{len(poses) + 1}", joints))
                continue
            candidates.append(_candidate(line, where, placing))
    space = space_of(candidates, context, units="fractions")
    entities = placing.entities(candidates, space)
    placing.check(space, len(poses))
    canvas = context.canvas or ASSUMED
    return sequence([canvas.layout(entities, poses=tuple(poses))], source)


def recognises(value: Any) -> bool:
    """Text in which every line is a class and at least four numbers."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return False
    lines = _lines(value)
    return bool(lines) and all(
        len(words) >= BOX
        and words[0].isdecimal()
        and all(n is not None for n in map(number_in, words))
        for _, words in lines
    )


def class_names(text: str) -> tuple[str, ...]:
    """Names from class 0: one a line, or with commas on a single one; YAML's `names:` as well."""
    body = re.sub(r"^\s*names\s*:", "", text.strip()).strip()
    listed = body[:1] in ("[", "{") and body[-1:] in ("]", "}")
    lines = [line for line in body.strip("[]{}").splitlines() if line.strip()]
    if listed or len(lines) == 1:
        lines = re.split(r"[,;，；]", " ".join(lines))
    if all(re.match(r"\s*(-|\d+\s*:)\s", f"{line} ") for line in lines):
        lines = [re.sub(r"^\s*(-|\d+\s*:)\s*", "", line) for line in lines]
    names = [line.strip().strip("'\"").strip() for line in lines]
    return tuple(name for name in names if name)


def labels(layout: Layout, names: Sequence[str] = ()) -> YoloLabels:
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


def dump(layout: Layout, context: Context = UNSAID) -> str:
    """The label file; the names are `labels(layout).names`."""
    return labels(layout, context.options.class_names).text


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """(number, words) of lines that hold something; # begins a comment."""
    split = ((n, line.partition("#")[0].split()) for n, line in enumerate(text.splitlines(), 1))
    return [(number, words) for number, words in split if words]


def _is_track(words: Sequence[str]) -> bool:
    """Whether the last number is a track's: whole and over 1, and no joint's visibility."""
    number = number_in(words[-1])
    return (
        len(words) > BOX
        and len(words) not in (POSE, POSE + 1)
        and number is not None
        and number.is_integer()
        and number > 1
    )


def _line_of(words: Sequence[str], has_tracks: bool, where: str) -> Line:
    """has_tracks: another line ends in a track's number, so that a last 0 or 1 is one, too"""
    numbers: list[float] = []
    for word in words:
        number = number_in(word)
        if number is None:
            raise BrokenValue(f"{where}: {shown(word)} is not a finite number.")
        numbers.append(number)
    whole = words[-1].isdecimal() and len(words) > BOX and len(words) not in (POSE, POSE + 1)
    if _is_track(words) or (has_tracks and whole):
        return Line(numbers[0], tuple(numbers[1:-1]), numbers[-1])
    if whole and len(words) == SHORTEST_OUTLINE:
        raise GligenError(
            f"{where}: {shown(' '.join(words))} can be an outline of three points, or a box with "
            f"its confidence and a track's number. Write {words[-1]}.0 for an outline, or leave "
            "the number out."
        )
    return Line(numbers[0], tuple(numbers[1:]), None)


def _candidate(line: Line, where: str, placing: Placing) -> Candidate:
    rest, score = line.rest, None
    if len(rest) in (BOX - 1, BOX):
        corners: tuple[float, ...] = CORNERS["cxcywh"](*rest[: BOX - 1])
        score = rest[BOX - 1] if len(rest) == BOX else None
    elif len(rest) >= SHORTEST_OUTLINE - 1 and len(rest) % 2 == 0:
        corners = around(rest[::2], rest[1::2])
    else:
        raise BrokenValue(
            f"{where}: {len(rest) + 1} numbers; expected {BOX} (class, centre x, centre y, width, "
            f"height), {BOX + 1} with a confidence, {POSE} with 17 keypoints, or a class and at "
            "least three points of an outline, and perhaps a track's number."
        )
    text = _name(line.kind, placing.context.options.class_names, where)
    return placing.candidate(corners, where, text, kept(score=score))


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


FORMAT = Format(
    name="YOLO",
    title="YOLO txt",
    sign="lines of a class number and at least four numbers",
    recognises=recognises,
    parse=parse,
    dump=dump,
    suffix=".txt",
    is_text=True,
    capabilities=Capabilities(poses=True, scores=True, grid="exact"),
)
