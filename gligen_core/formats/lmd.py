"""LLM-grounded Diffusion's answers (arXiv 2305.13655): `[('a cat', [x, y, width, height]), ...]`.

Pixels of a canvas of 512 x 512 from the top left corner. `Background prompt:` and
`Negative prompt:` lines may follow.
"""

from __future__ import annotations

import json
import re

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import MAX_ITEMS, shown
from .reading import (
    Canvas,
    Placing,
    corners_of,
    phrase_of,
    read_number,
    read_prose,
)

SIDE_PX = 512  # of the canvas in the prompt that asks for these answers

_QUOTED = r"'((?:[^'\\\n]|\\.){0,300})'|\"((?:[^\"\\\n]|\\.){0,300})\""
_OBJECT = re.compile(rf"\(\s*(?:{_QUOTED})\s*,\s*[\[(]([^\[\]()]{{0,200}})[\])]\s*,?\s*\)")
_LINE = re.compile(r"^\s*(background|negative) prompt:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


def parse(
    text: str,
    canvas: Canvas | None = None,
    source: str = "LMD answer",
    warnings: list[str] | None = None,
) -> Layout:
    """canvas: what the model was told to draw on; 512 x 512 unless given"""
    text, canvas = read_prose(text, source), canvas or Canvas(SIDE_PX, SIDE_PX)
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    for number, match in enumerate(_OBJECT.finditer(text), 1):
        where = f"{source}: object {number}"
        if number > MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} objects.")
        box = placing.box(corners_of(*_numbers(match[3], where)), canvas, where)
        if box is not None:
            phrase = phrase_of(re.sub(r"\\(.)", r"\1", match[1] or match[2] or ""))
            entities.append(Entity(f"e{len(entities) + 1}", box, phrase))
    if not entities and not re.search(r"\[\s*\]", text):
        placing.check()
        raise GligenError(
            f"{source}: no ('phrase', [x, y, width, height]) in {shown(text)}; expected a list of "
            "them, [] for none."
        )
    lines = {name.lower(): line.strip() for name, line in _LINE.findall(text)}
    fields: dict[str, str] = {}
    if lines.get("background"):
        phrases = ", ".join(entity.text for entity in entities)
        fields["background_prompt"] = lines["background"]
        # As LMD words the prompt of the whole picture.
        fields["prompt"] = (
            f"{lines['background']} with {phrases}" if phrases else lines["background"]
        )
    if lines.get("negative"):
        fields["negative_prompt"] = lines["negative"]
    extra = tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in fields.items())
    return canvas.layout(entities, extra=extra)


def dump(layout: Layout) -> str:
    """In whole pixels of the layout's own canvas, which the text does not tell."""
    objects: list[str] = []
    for entity in layout.entities:
        x0, y0, x1, y1 = (round(v) for v in entity.box.pixels(layout.width, layout.height))
        x0, y0 = min(x0, layout.width - 1), min(y0, layout.height - 1)
        place = [x0, y0, max(x1 - x0, 1), max(y1 - y0, 1)]
        phrase = entity.text.replace("\\", "\\\\").replace("'", "\\'")
        objects.append(f"('{phrase}', {place})")
    lines = [f"Objects: [{', '.join(objects)}]"]
    for name in ("background", "negative"):
        text = dict(layout.extra).get(f"{name}_prompt")
        lines.append(f"{name.capitalize()} prompt: {json.loads(text) if text else ''}".rstrip())
    return "\n".join(lines)


def is_answer(text: str) -> bool:
    return _OBJECT.search(text) is not None


def _numbers(text: str, where: str) -> list[float]:
    numbers: list[float] = []
    for word in text.split(","):
        try:
            number = read_number(float(word))
        except ValueError:
            number = None
        if number is None:
            break
        numbers.append(number)
    if len(numbers) != 4:
        raise GligenError(f"{where}: [{text}]; expected [x, y, width, height] in pixels.")
    return numbers
