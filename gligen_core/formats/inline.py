"""Prompts with places in them: `a [red ball](0.1, 0.2, 0.5, 0.9) beside a [blue cube](...)`.

The bracketed phrase is grounded in the box x0, y0, x1, y1 (fractions); a fifth number is its
strength. Taken together the words are the prompt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts
from ..layout.fields import MAX_ITEMS, shown
from .capabilities import Capabilities
from .format import Format
from .parsing import ASSUMED, FRACTIONS, UNSAID, Context
from .placing import Candidate, Placing
from .values import kept_texts, number_in, phrase_of, read_prose

_LINK = re.compile(r"\s*(?:[a-zA-Z][\w+.-]*:|[/#<]|\.{1,2}/|www\.)")
_PLACED = re.compile(r"\[([^\[\]]*)\]\(([^()\[\]]*)\)")


class InlinePrompt(NamedTuple):
    """prompt: the words without their places"""

    prompt: str
    layout: Layout


def parse(data: Any, context: Context) -> Layouts:
    """The layout, with the prompt riding along on it."""
    return read_prompt(data, context).layout


def read_prompt(data: Any, context: Context) -> InlinePrompt:
    """Brackets that no numbers follow, such as links, are left as they are; so is a prompt without
    any."""
    text = read_prose(data, context.source)
    placing = Placing(context, "prompt with places")
    entities: list[Entity] = []
    words: list[str] = []
    end = links = 0
    for match in _PLACED.finditer(text):
        if not _is_place(match[2]):
            links += 1
            continue
        words += [text[end : match.start()], match[1]]
        end = match.end()
        if len(entities) >= MAX_ITEMS:
            raise GligenError(f"{context.source}: more than {MAX_ITEMS:,} places.")
        where = f"{context.source}: [{shown(match[1])[1:-1]}]"
        corners, strength = _numbers(match[2], where)
        if not match[1].strip():
            raise GligenError(f"{context.source}: the brackets before ({match[2]}) hold no phrase.")
        candidate: Candidate = placing.candidate(corners, where, phrase_of(match[1]))
        entities += [
            replace(entity, id=f"e{len(entities) + 1}", strength=strength)
            for entity in placing.entities([candidate], FRACTIONS)
        ]
    placing.check(FRACTIONS)
    if links and entities:
        context.note(
            f"{context.source}: {links} pairs of brackets hold no place; left as they are."
        )
    prompt = "".join([*words, text[end:]])
    extra = kept_texts(prompt=prompt if prompt.strip() else "")
    return InlinePrompt(prompt, (context.canvas or ASSUMED).layout(entities, extra=extra))


def recognises(value: Any) -> bool:
    """Text with a place behind a bracketed phrase."""
    return isinstance(value, str) and any(_is_place(match[2]) for match in _PLACED.finditer(value))


def _is_place(text: str) -> bool:
    """Numbers and nothing else, or at least two of them; a link is none."""
    if _LINK.match(text):
        return False
    words = [word for word in re.split(r"[,;\s]+", text.strip()) if word]
    numbers = [number_in(word) for word in words]
    count = sum(number is not None for number in numbers)
    return bool(words) and (count == len(words) or (count > 1 and "," in text))


def dump(layout: Layout, context: Context = UNSAID) -> str:
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
    numbers = [number_in(word) for word in text.split(",")]
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


FORMAT = Format(
    name="prompt with places",
    sign="`[phrase](x0, y0, x1, y1)` in text",
    recognises=recognises,
    parse=parse,
    dump=dump,
    suffix=".txt",
    is_text=True,
    is_prose=True,
    capabilities=Capabilities(strength=True, grid="exact"),
)
