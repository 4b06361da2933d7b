"""LLM-grounded Diffusion's answers (arXiv 2305.13655): `[('a cat', [x, y, width, height]), ...]`.

Pixels of a canvas of 512 x 512 from the top left corner. `Background prompt:` and
`Negative prompt:` lines may follow.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts
from ..layout.fields import MAX_ITEMS, shown
from ..layout.types import Extra
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .revisions import last_answer
from .units import CORNERS, placed
from .values import BrokenValue, kept_texts, number_in, phrase_of, read_prose

SIDE_PX = 512  # of the canvas in the prompt that asks for these answers

_QUOTED = r"'((?:[^'\\\n]|\\.){0,300})'|\"((?:[^\"\\\n]|\\.){0,300})\""
_OBJECT = re.compile(rf"\(\s*(?:{_QUOTED})\s*,\s*[\[(]([^\[\]()]{{0,200}})[\])]\s*,?\s*\)")
_EMPTY = re.compile(r"\[\s*\]")
_LINE = re.compile(r"^\s*(background|negative) prompt:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is what the model was told to draw on; 512 x 512 unless given"""
    text, canvas = read_prose(data, context.source), context.canvas
    canvas = canvas if canvas is not None and canvas.told else Canvas(SIDE_PX, SIDE_PX)
    placing = Placing(context, "LMD answer")
    candidates: list[Candidate] = []
    for number, match in enumerate(_matches(text, context), 1):
        where = f"{context.source}: object {number}"
        if number > MAX_ITEMS:
            raise GligenError(f"{context.source}: more than {MAX_ITEMS:,} objects.")
        with placing.row():
            corners = CORNERS[context.options.order or "xywh"](*_numbers(match[3], where))
            phrase = phrase_of(re.sub(r"\\(.)", r"\1", match[1] or match[2] or ""))
            candidates.append(placing.candidate(corners, where, phrase))
    if not candidates and not _EMPTY.search(text):
        placing.check()
        raise GligenError(
            f"{context.source}: no ('phrase', [x, y, width, height]) in {shown(text)}; expected a "
            "list of them, [] for none."
        )
    (layout,) = placed([candidates], placing, canvas)
    return replace(layout, extra=_prompts(text, layout))


def _matches(text: str, context: Context) -> list[re.Match[str]]:
    """The objects of the last list in the text."""
    return last_answer(
        list(_OBJECT.finditer(text)),
        text,
        lambda match: phrase_of(match[1] or match[2] or ""),
        lambda between: not between.strip(" \t\r\n,"),
        context,
    )


def _prompts(text: str, layout: Layout) -> Extra:
    """The background, worded as LMD words the prompt of the whole picture, and the negative."""
    lines = {name.lower(): line.strip() for name, line in _LINE.findall(text)}
    background, fields = lines.get("background", ""), {}
    if background:
        phrases = ", ".join(entity.text for entity in layout.entities)
        fields["background_prompt"] = background
        fields["prompt"] = f"{background} with {phrases}" if phrases else background
    return kept_texts(**fields, negative_prompt=lines.get("negative", ""))


def dump(layout: Layout, context: Context = UNSAID) -> str:
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


def recognises(value: Any) -> bool:
    """Text with ('phrase', [...]), or with an empty list and its background."""
    if not isinstance(value, str):
        return False
    return _OBJECT.search(value) is not None or (
        _EMPTY.search(value) is not None and _LINE.search(value) is not None
    )


def _numbers(text: str, where: str) -> list[float]:
    numbers = [number_in(word) for word in text.split(",")]
    found = [number for number in numbers if number is not None]
    if len(found) != 4 or len(numbers) != 4:
        raise BrokenValue(f"{where}: [{text}]; expected [x, y, width, height] in pixels.")
    return found


FORMAT = Format(
    name="LMD",
    title="LMD answer",
    sign="`('phrase', [x, y, width, height])`, or `[]` before `Background prompt:`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    suffix=".txt",
    is_text=True,
    is_prose=True,
    capabilities=Capabilities(),
)
