"""LMD's cache of answers: `{prompt: [answer, ...]}`, of which one prompt's last answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..layout import Layouts
from . import lmd
from .choosing import chosen
from .format import Format
from .parsing import Context


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which prompt where there are several."""
    names = list(data)
    number = chosen(names, context, "prompts")
    answers = _answers(data[names[number]])
    if len(answers) > 1:
        context.note(f"{context.source}: {len(answers)} answers to the prompt; the last is read.")
    return lmd.parse(answers[-1], context)


def recognises(value: Any) -> bool:
    """An object whose values are all answers of LMD."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(
            answers and all(map(_is_answer, answers)) for answers in map(_answers, value.values())
        )
    )


def _answers(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _is_answer(value: Any) -> bool:
    return isinstance(value, str) and (lmd.recognises(value) or value.strip() == "[]")


FORMAT = Format(
    name="LMD cache",
    sign="an object of prompts and LMD answers",
    recognises=recognises,
    parse=parse,
)
