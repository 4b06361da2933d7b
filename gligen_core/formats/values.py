"""Single values of foreign data: numbers, lists, objects, text, checked and within limits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, still_or_sequence
from ..layout.fields import MAX_ITEMS, read_number, shown
from ..layout.read import MAX_LAYOUTS, json_value
from ..text import writable

MAX_PROSE = 100_000  # characters of a prompt or a language model's answer


class BrokenValue(GligenError):
    """A value that makes its row unreadable, and the others not."""


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
    if not (isinstance(value, list | tuple) or is_array(value)):
        raise BrokenValue(f"{where}: {shown(value)} is not a list of {what}.")
    if len(value) > most:
        raise GligenError(f"{where}: {len(value):,} {what}; at most {most:,} are read.")
    return value if isinstance(value, list | tuple) else list(value)


def read_frames(value: Any, where: str) -> Sequence[Any]:
    """A list with an item for each frame."""
    return read_items(value, "frames", where, MAX_LAYOUTS)


def read_fields(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BrokenValue(f"{where}: {shown(value)} is not an object; expected {{...}}.")
    return value


def read_coordinate(value: Any, where: str) -> float:
    """A finite number; those of numpy and torch count."""
    number = scalar(value)
    if number is None:
        raise BrokenValue(f"{where}: {shown(value)} is not a finite number.")
    return number


def scalar(value: Any) -> float | None:
    """A finite number as a float, else None."""
    if not isinstance(value, int | float) and getattr(value, "shape", None) == ():
        value = value.item()
    return read_number(value)


def number_in(word: Any) -> float | None:
    """A finite number, as text ("12", "12px") or as it is, else None."""
    if not isinstance(word, str):
        return scalar(word)
    try:
        return read_number(float(word.strip().removesuffix("px")))
    except ValueError:
        return None


def read_four(value: Any, what: str, where: str) -> list[float]:
    """Four finite numbers, called `what` in errors."""
    numbers = list(value) if is_array(value) else value
    if not isinstance(numbers, list | tuple) or len(numbers) != 4:
        raise BrokenValue(f"{where}: {shown(value)} are not four numbers; expected {what}.")
    return [read_coordinate(number, where) for number in numbers]


def corners_of(x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    """x y width height -> x0 y0 x1 y1"""
    return x, y, x + width, y + height


def around(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, ...]:
    """x0 y0 x1 y1 of the box around points"""
    return min(xs), min(ys), max(xs), max(ys)


def phrase_of(value: Any) -> str:
    """A label as a phrase: text as it is, numbers as text, nothing as nothing."""
    if isinstance(value, str):
        return writable(" ".join(value.split()))
    number = read_number(value)
    return "" if number is None else f"{number:.12g}"


def kept(**fields: Any) -> tuple[tuple[str, str], ...]:
    """Fields that ride along on an entity, as JSON text; None and what JSON lacks are left out."""
    extra: list[tuple[str, str]] = []
    for name, value in fields.items():
        if value is None:
            continue
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            continue
        extra.append((name, writable(text)))
    return tuple(extra)


def kept_texts(**fields: str) -> tuple[tuple[str, str], ...]:
    """Texts that ride along on a layout, such as its prompt; empty ones are left out."""
    return kept(**{name: text for name, text in fields.items() if text})


def kept_field(entity: Entity, name: str) -> Any:
    """A field that rides along on an entity, or None."""
    text = dict(entity.extra).get(name)
    return None if text is None else json.loads(text)


def sequence(layouts: Iterable[Layout], where: str) -> Layouts:
    """A single frame as the layout it is, more of them as a sequence; GligenError for none."""
    frames = tuple(layouts)
    if not frames:
        raise GligenError(f"{where}: no frames; expected at least one.")
    return still_or_sequence(frames)


def is_array(value: Any) -> bool:
    """Whether it is an array of numpy or torch with at least one axis."""
    return hasattr(value, "tolist") and len(getattr(value, "shape", ())) > 0


def key_of(value: Any) -> str:
    """An id as text, so that 1 is "1"; "" for what can be none."""
    if isinstance(value, str):
        return value[:300]
    return f"{value}" if type(value) is int and abs(value) < 10**18 else ""
