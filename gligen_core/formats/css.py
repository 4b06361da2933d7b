"""LayoutGPT's answers (arXiv 2305.15393), lines such as
`cat {height: 24px; width: 30px; top: 10px; left: 5px; }`.

Pixels of a canvas of 64 x 64. A number behind the name only counts ("dog 2"), a hyphen stands for a
space.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts
from ..layout.fields import MAX_ITEMS, shown
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .revisions import last_answer
from .units import placed
from .values import BrokenValue, corners_of, number_in, phrase_of, read_prose, sequence

SIDE_PX = 64  # of the canvas in the prompt that asks for these answers
SIDES = ("left", "top", "width", "height")

_RULE = re.compile(r"^[ \t]*([^{}\n]{1,200})\{([^{}]{0,400})\}", re.MULTILINE)
_COUNT = re.compile(r"[ _-]*\d+$")


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is what the model was told to draw on; 64 x 64 unless given"""
    text, canvas = read_prose(data, context.source), context.canvas
    canvas = canvas if canvas is not None and canvas.told else Canvas(SIDE_PX, SIDE_PX)
    placing = Placing(context, "LayoutGPT answer")
    candidates: list[Candidate] = []
    for number, match in enumerate(_matches(text, context), 1):
        where = f"{context.source}: object {number} ({shown(match[1].strip())[1:-1]})"
        if number > MAX_ITEMS:
            raise GligenError(f"{context.source}: more than {MAX_ITEMS:,} objects.")
        with placing.row():
            corners = corners_of(*_sides(match[2], where))
            candidates.append(placing.candidate(corners, where, _phrase(match)))
    (layout,) = placed([candidates], placing, canvas)
    if not candidates:
        raise GligenError(
            f"{context.source}: no 'name {{height: ...px; width: ...px; top: ...px; left: ...px; "
            f"}}' in {shown(text)}."
        )
    return sequence([layout], context.source)


def _matches(text: str, context: Context) -> list[re.Match[str]]:
    """The lines of the last answer in the text."""
    return last_answer(
        list(_RULE.finditer(text)), text, _phrase, lambda between: not between.strip(), context
    )


def _phrase(match: re.Match[str]) -> str:
    return phrase_of(_COUNT.sub("", match[1].strip()).replace("-", " ")) or phrase_of(match[1])


def dump(layout: Layout, context: Context = UNSAID) -> str:
    """A line for each entity, in whole pixels of the layout's own canvas."""
    lines: list[str] = []
    for entity in layout.entities:
        x0, y0, x1, y1 = (round(v) for v in entity.box.pixels(layout.width, layout.height))
        x0, y0 = min(x0, layout.width - 1), min(y0, layout.height - 1)
        width, height = max(x1 - x0, 1), max(y1 - y0, 1)
        name = re.sub(r"\s+", "-", entity.text.strip())
        if not name or set(name) & set("{}") or _COUNT.search(name):
            raise GligenError(
                f"LayoutGPT: the phrase {shown(entity.text)} can't be a name there: it must not be "
                "empty, hold braces or end in a number."
            )
        sides = f"height: {height}px; width: {width}px; top: {y0}px; left: {x0}px; "
        lines.append(f"{name} {{{sides}}}")
    return "\n".join(lines)


def recognises(value: Any) -> bool:
    """Text with rules that give a width."""
    return isinstance(value, str) and any(
        "width" in match[2] and ":" in match[2] for match in _RULE.finditer(value)
    )


def _sides(text: str, where: str) -> list[float]:
    found: dict[str, float] = {}
    for rule in text.split(";"):
        name, _, value = rule.partition(":")
        number = number_in(value)
        if number is not None:
            found[name.strip()] = number
    missing = [side for side in SIDES if side not in found]
    if missing:
        raise BrokenValue(
            f"{where}: no number for {', '.join(missing)} in {shown(text)}; expected height, "
            "width, top and left in px."
        )
    return [found[side] for side in SIDES]


FORMAT = Format(
    name="LayoutGPT",
    title="LayoutGPT answer",
    sign="`name {height: ...; width: ...; top: ...; left: ...; }`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    suffix=".txt",
    is_text=True,
    is_prose=True,
    capabilities=Capabilities(),
)
