"""Prompts with places in them: `a [red ball](0.1, 0.2, 0.5, 0.9) beside a [blue cube](...)`.

The bracketed phrase is grounded in the box x0, y0, x1, y1 (fractions); a fifth number is its
strength. Taken together the words are the prompt.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import MAX_ITEMS, read_number, shown
from .reading import FRACTIONS, Canvas, Placing, phrase_of, read_prose

_PLACED = re.compile(r"\[([^\[\]]*)\]\(([^()\[\]]*)\)")


class InlinePrompt(NamedTuple):
    """prompt: the words without their places"""

    prompt: str
    layout: Layout


def parse(
    text: str,
    canvas: Canvas | None = None,
    source: str = "prompt",
    warnings: list[str] | None = None,
) -> InlinePrompt:
    """Brackets that no numbers follow are left as they are; so is a prompt without any."""
    text = read_prose(text, source)
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    words: list[str] = []
    end = 0
    for match in _PLACED.finditer(text):
        words += [text[end : match.start()], match[1]]
        end = match.end()
        if len(entities) >= MAX_ITEMS:
            raise GligenError(f"{source}: more than {MAX_ITEMS:,} places.")
        where = f"{source}: [{shown(match[1])[1:-1]}]"
        corners, strength = _numbers(match[2], where)
        if not match[1].strip():
            raise GligenError(f"{source}: the brackets before ({match[2]}) hold no phrase.")
        box = placing.box(corners, FRACTIONS, where)
        if box is not None:
            phrase = phrase_of(match[1])
            entities.append(Entity(f"e{len(entities) + 1}", box, phrase, strength=strength))
    placing.check()
    prompt = "".join([*words, text[end:]])
    extra = (("prompt", json.dumps(prompt, ensure_ascii=False)),) if prompt.strip() else ()
    return InlinePrompt(prompt, (canvas or Canvas()).layout(entities, extra=extra))


def dump(layout: Layout) -> str:
    """The layout's prompt with places behind its phrases; a phrase that it lacks goes to the end.

    GligenError for phrases with brackets, which have no place in this form.
    """
    prompt = layout.prompt if dict(layout.extra).get("prompt") else ""
    parts: list[str] = []
    for entity in layout.entities:
        if set(entity.text) & set("[]"):
            raise GligenError(f"prompt: the phrase {shown(entity.text)} has brackets; remove them.")
        if not entity.text.strip():
            raise GligenError(f"prompt: entity {entity.id!r} has no phrase. Name what goes there.")
        before, found, after = prompt.partition(entity.text)
        if found:
            parts.append(before)
            prompt = after
        else:
            parts += [prompt, ", " if prompt or parts else ""]
            prompt = ""
        parts.append(f"[{entity.text}]({_shown(entity)})")
    return "".join([*parts, prompt])


def _numbers(text: str, where: str) -> tuple[list[float], float]:
    """x0 y0 x1 y1, strength"""
    numbers: list[float | None] = []
    for word in text.split(","):
        try:
            numbers.append(read_number(float(word)))
        except ValueError:
            numbers.append(None)
    found = [number for number in numbers if number is not None]
    if len(found) != len(numbers) or len(found) not in (4, 5):
        raise GligenError(
            f"{where}: ({shown(text)[1:-1]}) are not four numbers; expected (x0, y0, x1, y1), "
            "fractions of the canvas, with a strength as the fifth if you like."
        )
    if any(number > 1.5 for number in found[:4]):
        raise GligenError(
            f"{where}: ({text.strip()}) reaches beyond the canvas, which is 0 to 1. Are these "
            "pixels? Divide x by the width and y by the height."
        )
    strength = found[4] if len(found) == 5 else 1.0
    if strength < 0:
        raise GligenError(f"{where}: strength {strength:g}; expected 0 or more, usually 0 to 1.")
    return found[:4], strength


def _shown(entity: Entity) -> str:
    numbers = entity.box.as_tuple()
    if entity.strength != 1:
        numbers = (*numbers, entity.strength)
    return ", ".join(repr(float(number)) for number in numbers)
