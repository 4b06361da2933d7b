"""Of several answers in one text, a draft and what came of it, the last complete one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .parsing import Context


def last_answer(
    matches: Sequence[re.Match[str]],
    text: str,
    name: Callable[[re.Match[str]], str],
    is_pause: Callable[[str], bool],
    context: Context,
) -> list[re.Match[str]]:
    """Objects found in a text -> those of the last answer.

    Objects with nothing but a pause between them belong together. Groups that share no name are
    one answer with talk in between; else the last group stands, and the person is told.
    """
    groups: list[list[re.Match[str]]] = []
    for match in matches:
        between = text[groups[-1][-1].end() : match.start()] if groups else ""
        if groups and is_pause(between):
            groups[-1].append(match)
        else:
            groups.append([match])
    seen: set[str] = set()
    for group in groups:
        names = {name(match) for match in group}
        if names & seen:
            context.note(
                f"{context.source}: {len(groups)} answers in the text; the last one is read."
            )
            return groups[-1]
        seen |= names
    return list(matches)
