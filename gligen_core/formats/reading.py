"""What the parsers of foreign data share: limits, numbers, and pixels that become boxes.

A parser takes text or the objects it stands for, and ends in a layout or in a GligenError that
names the place. It changes nothing it is given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout, LayoutSequence
from ..layout.fields import MAX_BOXES, MAX_ITEMS, MAX_SIDE_PX, read_number, shown
from ..layout.read import MAX_LAYOUTS, json_value
from ..text import logger, writable

MAX_PROSE = 100_000  # characters of a prompt or a language model's answer
DEFAULT_SIDE_PX = 512

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture that pixels are counted in: whole pixels, 1 to 16384 a side.

    told: whether anybody said so; pixels on a canvas of untold size are refused
    """

    width: int = DEFAULT_SIDE_PX
    height: int = DEFAULT_SIDE_PX
    told: bool = True

    def __post_init__(self) -> None:
        for name, side in (("width", self.width), ("height", self.height)):
            if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= MAX_SIDE_PX:
                raise GligenError(
                    f"canvas: {name} is {shown(side)}; expected whole pixels, 1 to {MAX_SIDE_PX}."
                )

    @classmethod
    def of(cls, layout: Layout) -> Canvas:
        return cls(layout.width, layout.height)

    @classmethod
    def read(cls, width: Any, height: Any, where: str) -> Canvas:
        """The sizes that a source states about itself."""
        sides = [read_coordinate(side, where) for side in (width, height)]
        if not all(side.is_integer() and 1 <= side <= MAX_SIDE_PX for side in sides):
            raise GligenError(
                f"{where}: a canvas of {shown(width)} x {shown(height)} pixels; expected whole "
                f"pixels, 1 to {MAX_SIDE_PX} a side."
            )
        return cls(int(sides[0]), int(sides[1]))

    def layout(self, entities: Iterable[Entity] = (), **fields: Any) -> Layout:
        """A layout of this size."""
        return Layout(entities=tuple(entities), width=self.width, height=self.height, **fields)


FRACTIONS = Canvas(1, 1)
"""For data that count in fractions of the canvas already."""

THOUSANDTHS = Canvas(1000, 1000)
"""For data that count in thousandths of the canvas."""

UNTOLD = Canvas(told=False)
"""For data that must tell their own size, or count in fractions."""


class Placing:
    """Puts boxes on canvases, and counts those that fall off: all of them means a wrong size.

    warnings: gets what was left out or cut; it is logged as well
    """

    def __init__(self, source: str, warnings: list[str] | None = None) -> None:
        self.source = source
        self._warnings = warnings if warnings is not None else []
        self._asked, self._placed, self._lost = 0, 0, ""

    def box(self, corners: Sequence[Any], canvas: Canvas, where: str) -> Box | None:
        """corners: x0 y0 x1 y1 in the canvas's units, in either order.

        Cut at the edge of the canvas; None, and a warning, where nothing is left.
        GligenError after the 20,000th, and for pixels on a canvas of untold size.
        """
        self._asked += 1
        if self._asked > MAX_BOXES:
            raise GligenError(
                f"{self.source}: more than {MAX_BOXES:,} boxes in all frames together; no more "
                "are read."
            )
        values = [read_coordinate(value, where) for value in corners]
        if not canvas.told:
            raise GligenError(
                f"{where}: these are pixels of a picture whose size is not known here. Wire the "
                "picture, if this node takes one, or put GLIGEN_LayoutFromBoxes in between."
            )
        x0, x1 = sorted(x / canvas.width for x in values[::2])
        y0, y1 = sorted(y / canvas.height for y in values[1::2])
        x0, y0, x1, y1 = (min(max(value, 0.0), 1.0) for value in (x0, y0, x1, y1))
        if x0 < x1 and y0 < y1:
            self._placed += 1
            return Box(x0, y0, x1, y1)
        self.note(
            f"{where}: box {[round(value, 3) for value in values]} has no area on the canvas of "
            f"{canvas.width} x {canvas.height}; left out."
        )
        self._lost = self._lost or self._warnings[-1]
        return None

    def note(self, warning: str) -> None:
        self._warnings.append(warning)
        _log.warning("%s", warning)

    def check(self) -> None:
        """GligenError if there were boxes, and none of them lies on its canvas."""
        if self._lost and not self._placed:
            raise GligenError(
                f"{self._lost} So was every other box. Give the width and height of the picture "
                "that the boxes were made for."
            )


def read_data(data: Any, source: str) -> Any:
    """JSON text (at most 5,000,000 characters) as the objects it stands for; others as is."""
    return json_value(data, source)


def read_prose(data: Any, source: str) -> str:
    """Text that a person or a language model wrote."""
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8")
        except UnicodeDecodeError as mistake:
            raise GligenError(f"{source}: not text in UTF-8: {mistake}.") from mistake
    if not isinstance(data, str):
        raise GligenError(f"{source}: {shown(data)} is not text.")
    if len(data) > MAX_PROSE:
        raise GligenError(f"{source}: {len(data):,} characters; at most {MAX_PROSE:,} are read.")
    return writable(data)


def read_items(value: Any, what: str, where: str, most: int = MAX_ITEMS) -> Sequence[Any]:
    """A list of at most `most` items, or an array of so many rows."""
    if not (isinstance(value, list | tuple) or _is_array(value)):
        raise GligenError(f"{where}: {shown(value)} is not a list of {what}.")
    if len(value) > most:
        raise GligenError(f"{where}: {len(value):,} {what}; at most {most:,} are read.")
    return value if isinstance(value, list | tuple) else list(value)


def read_frames(value: Any, where: str) -> Sequence[Any]:
    """A list with an item for each frame."""
    return read_items(value, "frames", where, MAX_LAYOUTS)


def read_fields(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise GligenError(f"{where}: {shown(value)} is not an object; expected {{...}}.")
    return value


def read_coordinate(value: Any, where: str) -> float:
    """A finite number; those of numpy and torch count."""
    number = scalar(value)
    if number is None:
        raise GligenError(f"{where}: {shown(value)} is not a finite number.")
    return number


def scalar(value: Any) -> float | None:
    """A finite number as a float, else None."""
    if not isinstance(value, int | float) and getattr(value, "shape", None) == ():
        value = value.item()
    return read_number(value)


def read_four(value: Any, what: str, where: str) -> list[float]:
    """Four finite numbers, called `what` in errors."""
    numbers = list(value) if _is_array(value) else value
    if not isinstance(numbers, list | tuple) or len(numbers) != 4:
        raise GligenError(f"{where}: {shown(value)} are not four numbers; expected {what}.")
    return [read_coordinate(number, where) for number in numbers]


def corners_of(x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    """x y width height -> x0 y0 x1 y1"""
    return x, y, x + width, y + height


def phrase_of(value: Any) -> str:
    """A label as a phrase: text as it is, numbers as text, nothing as nothing."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(value)
    return ""


def kept(**fields: Any) -> tuple[tuple[str, str], ...]:
    """Fields that ride along on an entity, as JSON text; None and what JSON lacks are left out."""
    extra: list[tuple[str, str]] = []
    for name, value in fields.items():
        if value is None:
            continue
        try:
            extra.append((name, json.dumps(value, ensure_ascii=False, allow_nan=False)))
        except (TypeError, ValueError, RecursionError):
            continue
    return tuple(extra)


def kept_field(entity: Entity, name: str) -> Any:
    """A field that rides along on an entity, or None."""
    text = dict(entity.extra).get(name)
    return None if text is None else json.loads(text)


def sequence(layouts: Sequence[Layout], where: str) -> LayoutSequence:
    if not layouts:
        raise GligenError(f"{where}: no frames; expected at least one.")
    return LayoutSequence(tuple(layouts))


def _is_array(value: Any) -> bool:
    """Whether it is an array of numpy or torch with at least one axis."""
    return hasattr(value, "tolist") and len(getattr(value, "shape", ())) > 0
