"""Text as the objects it stands for: JSON, Python's notation, lines of JSON, answers with talk.

Nothing is evaluated: Python's notation is turned into JSON word by word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import GligenError
from ..layout.read import MAX_BRACKETS, MAX_TEXT, json_value
from ..text import writable_json
from .parsing import Context

MOST_FAILED = 2_000_000  # characters read in vain while looking for JSON
MOST_TRIES = 2_000
MOST_CONVERTED = 1_000_000  # characters in Python's notation

_TOKEN = re.compile(
    r"(?P<text>[rbuRBU]?(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))"
    r"|(?P<call>(?:[A-Za-z_][\w.]*)?\()|(?P<keyword>[A-Za-z_]\w*)\s*=(?!=)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<rest>[^A-Za-z_'\"(),\]}]+)|(?P<end>,?\s*[)\]}])|(?P<other>.)",
    re.DOTALL,
)
_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "null", "inf": "null"}


def value_in(text: str, context: Context) -> Any:
    """What all of the text stands for, or None: JSON, lines of JSON, or Python's notation.

    GligenError for text that is JSON and too much of it.
    """
    words = text.strip().removeprefix("\ufeff").strip()
    if words[:1] not in ("{", "[", "(") and not words.startswith("dict("):
        return None
    try:
        return json_value(words, context.source)
    except GligenError as mistake:
        if len(words) > MAX_TEXT or words.count("[") + words.count("{") > MAX_BRACKETS:
            raise
        value = _lines(words, context)
        value = _pythonic(words) if value is None else value
        if value is None and isinstance(mistake.__cause__, RecursionError):
            raise
        return value


def last_value(text: str, fits: Callable[[Any], bool], context: Context) -> Any:
    """The last complete value in a text that `fits`, or None; the person is told of others."""
    found = [value for value in _values(text) if fits(value)]
    if len(found) > 1:
        context.note(
            f"{context.source}: {len(found)} answers in the text; the last complete one is read."
        )
    return found[-1] if found else None


def _lines(text: str, context: Context) -> list[Any] | None:
    """A list of what each line stands for; a broken one is left out with a word. None for text that
    is no lines of JSON."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not all(line.strip()[0] in "{[" for _, line in lines):
        return None
    values: list[Any] = []
    broken: list[int] = []
    for number, line in lines:
        try:
            values.append(writable_json(json.loads(line)))
        except (ValueError, RecursionError):
            broken.append(number)
    if len(broken) >= len(values):
        return None
    for number in broken:
        context.note(f"{context.source}: line {number} is no whole JSON; left out.")
        context.tally.left["broken"] += 1
    return values


def _values(text: str) -> Iterator[Any]:
    """Every value in the text that is in none of the others, in order."""
    decoder = json.JSONDecoder()
    position = failed = tries = 0
    starts = re.compile(r"[\[{]")
    while (match := starts.search(text, position)) and tries < MOST_TRIES:
        tries += 1
        start = match.start()
        try:
            value, position = decoder.raw_decode(text, start)
            yield writable_json(value)
            continue
        except ValueError as mistake:
            failed += getattr(mistake, "pos", start) - start
        except RecursionError:
            failed += len(text) - start
        if failed > MOST_FAILED:
            return
        end = _fence_end(text, start)
        value = _pythonic(text[start:end]) if end else None
        position = end if value is not None else start + 1
        if value is not None:
            yield value


def _fence_end(text: str, start: int) -> int:
    """Where the fenced block ends that begins at this bracket, or 0."""
    before = text[max(start - 40, 0) : start]
    if not re.search(r"```[a-zA-Z0-9_-]{0,20}\s*\Z", before):
        return 0
    return max(text.find("```", start), 0)


def _pythonic(text: str) -> Any:
    """Python's notation, or JSON with single quotes, comments' commas and bare words, or None."""
    if len(text) > MOST_CONVERTED:
        return None
    parts: list[str] = []
    closers: list[str] = []
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match[0]
        if kind == "text":
            parts.append(_quoted(word))
        elif kind == "call":
            is_object = word == "dict("
            parts.append("{" if is_object else "[")
            closers.append("}" if is_object else "]")
        elif kind == "keyword":
            parts.append(f'"{match["keyword"]}": ')
        elif kind == "word":
            parts.append(_WORDS.get(word, word))
        elif kind == "end":
            closer = word[-1]
            parts.append(closers.pop() if closer == ")" and closers else closer)
        else:
            parts.append(word)
    try:
        return writable_json(json.loads("".join(parts)))
    except (ValueError, RecursionError):
        return None


def _quoted(word: str) -> str:
    body = word.lstrip("rbuRBU")[1:-1]
    plain = re.sub(r"\\(['\"])", r"\1", body)
    return json.dumps(plain.replace("\\n", "\n").replace("\\\\", "\\"), ensure_ascii=False)
