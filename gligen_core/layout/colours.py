"""Colours of things and people: one palette for the canvas, Preview and Score.

web/lib/palette.js is the same in the browser; both are held to tests/fixtures/palette.json.
"""

from __future__ import annotations

import json
import re
from typing import Protocol

COLOURS = (
    *("#e4572e", "#2e86de", "#17a673", "#c98a00", "#8e5bd0"),
    *("#0097a7", "#d6336c", "#6a8d1f", "#8d6e4f", "#5c6bc0"),
)
"""Told apart on light and dark, and by most people who see few colours."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


class Coloured(Protocol):
    """An entity or a pose."""

    @property
    def id(self) -> str: ...
    @property
    def extra(self) -> tuple[tuple[str, str], ...]: ...


def colour_of(thing: Coloured) -> str:
    """The chosen colour (the optional field `colour`), else the id's. As "#rrggbb"."""
    chosen = json.loads(dict(thing.extra).get("colour", "null"))
    if isinstance(chosen, str) and _HEX.fullmatch(chosen):
        return chosen.lower()
    return colour_of_id(thing.id)


def colour_of_id(id_: str) -> str:
    """A colour of the palette that follows from the id alone, so that it stays when others move.

    e1 and p1 have the first colour, e2 the second; an id without a number goes by its letters.
    """
    number = _NUMBER.search(id_)
    place = max(int(number[0]) - 1, 0) if number else sum(map(ord, id_))
    return COLOURS[place % len(COLOURS)]


def with_its_colour(thing: Coloured) -> tuple[tuple[str, str], ...]:
    """The extra fields with the colour that the thing has now, for one that gets another id."""
    others = tuple(field for field in thing.extra if field[0] != "colour")
    return (*others, ("colour", json.dumps(colour_of(thing))))


def ink_on(colour: str) -> str:
    """Black or white, whichever has the higher contrast (WCAG 2.2): 4.5 or more on any colour."""
    light = _luminance(colour)
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three numbers, 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    shares = (channel / 255 for channel in rgb(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
