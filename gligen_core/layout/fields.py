"""Single JSON values, checked: a reader returns the value, or says what to write instead.

`where` is what the error begins with: the source, and the entity or pose the field belongs to.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from .types import DEFAULT_SIDE_PX, Extra

# What is read within a second, and more than any model takes.
MAX_ITEMS = 10_000  # entities of one layout, and as many poses
MAX_BOXES = 20_000  # of all frames together
MAX_POSES = 5_000  # of all frames together
MAX_SIDE_PX = 16_384  # the host's own largest picture

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60


def read_object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise GligenError(f"{where}: {shown(value)} is not an object; expected {{...}}.")
    return value


def read_list(value: Any, field: str, where: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise GligenError(f"{where}: '{field}' is {shown(value)}; expected a list.")
    if len(value) > MAX_ITEMS:
        raise GligenError(f"{where}: {len(value):,} {field}; at most {MAX_ITEMS:,} are read.")
    return value


def read_number(value: Any) -> float | None:
    """A finite number, else None. `true` is no number, though Python thinks so."""
    if type(value) is float:  # most are
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def read_share(fields: Mapping[str, Any], field: str, where: str) -> float:
    """A share A share 0..1, with true and false for its ends; 1 where the field is absent."""
    value = fields.get(field, 1.0)
    share = float(value) if isinstance(value, bool) else read_number(value)
    if share is None or not 0 <= share <= 1:
        raise GligenError(
            f"{where}: '{field}' is {shown(value)}; expected true, false or a number 0..1."
        )
    return share


def read_side(fields: Mapping[str, Any], field: str, where: str) -> int:
    """Width or height of the canvas in pixels."""
    value = fields.get(field, DEFAULT_SIDE_PX)
    side = read_number(value)
    if side is None or not side.is_integer() or not 1 <= side <= MAX_SIDE_PX:
        raise GligenError(
            f"{where}: '{field}' is {shown(value)}; expected whole pixels, 1 to {MAX_SIDE_PX}."
        )
    return int(side)


def read_extra(fields: Mapping[str, Any], known: set[str], where: str) -> Extra:
    """The fields that this version does not know, as JSON text."""
    try:
        return tuple(
            (name, json.dumps(value, ensure_ascii=False, allow_nan=False))
            for name, value in fields.items()
            if name not in known
        )
    except (TypeError, ValueError, RecursionError) as mistake:
        raise GligenError(
            f"{where}: a field that this version does not know can't be kept as JSON: {mistake}."
        ) from mistake


def shown(value: Any) -> str:
    """A wrong value as an error shows it: shortened, and never deeper than a few brackets."""
    return _short.repr(value)
