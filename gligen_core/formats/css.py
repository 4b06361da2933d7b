"""LayoutGPT's answers (arXiv 2305.15393), lines such as
`cat {height: 24px; width: 30px; top: 10px; left: 5px; }`.

Pixels of a canvas of 64 x 64. A number behind the name only counts ("dog 2"), a hyphen stands for a
space.
"""

from __future__ import annotations

import re

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import MAX_ITEMS, shown
from .reading import Canvas, Placing, corners_of, phrase_of, read_number, read_prose

SIDE_PX = 64  # of the canvas in the prompt that asks for these answers
SIDES = ("left", "top", "width", "height")

_RULE = re.compile(r"^[ \t]*([^{}\n]{1,200})\{([^{}]{0,400})\}", re.MULTILINE)
_COUNT = re.compile(r"[ _-]*\d+$")


def parse(
    text: str,
    canvas: Canvas | None = None,
    source: str = "LayoutGPT answer",
    warnings: list[str] | None = None,
) -> Layout:
    """canvas: what the model was told to draw on; 64 x 64 unless given"""
    text, canvas = read_prose(text, source), canvas or Canvas(SIDE_PX, SIDE_PX)
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    for number, match in enumerate(_RULE.finditer(text), 1):
        where = f"{source}: object {number} ({shown(match[1].strip())[1:-1]})"
        if number > MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} objects.")
        box = placing.box(corners_of(*_sides(match[2], where)), canvas, where)
        if box is not None:
            phrase = phrase_of(_COUNT.sub("", match[1].strip()).replace("-", " "))
            entities.append(Entity(f"e{len(entities) + 1}", box, phrase or phrase_of(match[1])))
    placing.check()
    if not entities:
        raise GligenError(
            f"{source}: no 'name {{height: ...px; width: ...px; top: ...px; left: ...px; }}' in "
            f"{shown(text)}."
        )
    return canvas.layout(entities)


def dump(layout: Layout) -> str:
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


def is_answer(text: str) -> bool:
    return any("width" in match[2] and ":" in match[2] for match in _RULE.finditer(text))


def _sides(text: str, where: str) -> list[float]:
    found: dict[str, float] = {}
    for rule in text.split(";"):
        name, _, value = rule.partition(":")
        try:
            number = read_number(float(value.strip().removesuffix("px")))
        except ValueError:
            number = None
        if number is not None:
            found[name.strip()] = number
    missing = [side for side in SIDES if side not in found]
    if missing:
        raise GligenError(
            f"{where}: no number for {', '.join(missing)} in {shown(text)}; expected height, "
            "width, top and left in px."
        )
    return [found[side] for side in SIDES]
