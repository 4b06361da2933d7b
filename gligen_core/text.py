"""Text that any file, log and browser takes: whole characters, and foreign text cut short.

Python strings can hold half a character (a lone surrogate: from JSON's `\\ud800`, or a file name
that is not UTF-8), and whoever encodes one fails: a log, a file, the host's worker.
"""

from __future__ import annotations

import ast
import logging
import re
from typing import Any

LONGEST_EXCERPT = 300  # characters of foreign text within a message
CUT = " ... "

LONGEST_POSTED = 100_000  # characters, or 2,000 boxes; read within a second

_PYTHON_OBJECT = re.compile(r"[\[{\s]*'")  # its first text is in single quotes, as in no JSON
_SURROGATE = re.compile("[\ud800-\udfff]")


def writable(text: str) -> str:
    """The text with U+FFFD for every lone surrogate; two halves that belong together are joined."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def writable_json(value: Any) -> Any:
    """The value of JSON with every text in it made writable."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, list):
        return [writable_json(item) for item in value]
    if isinstance(value, dict):
        return {writable(name): writable_json(item) for name, item in value.items()}
    return value


def excerpt(value: str | BaseException, longest: int = LONGEST_EXCERPT) -> str:
    """Foreign text, or an error's words, for a message: writable, its middle left out if long."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > longest:
        end = (longest - len(CUT)) // 3
        text = f"{text[: longest - len(CUT) - end]}{CUT}{text[-end:]}"
    return writable(text)


def posted_object(text: str) -> dict[str, Any] | list[Any] | None:
    """The object that was posted to the API where a text is expected, else None.

    The host hands such a value on as Python writes it, {'entities': [...]}, which is no JSON. Only
    literals are read, as `ast.literal_eval` knows them; what it does not know is left to others.
    """
    if len(text) > LONGEST_POSTED or not _PYTHON_OBJECT.match(text):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def logger(name: str) -> logging.Logger:
    """`logging.getLogger`, with lines that can be written whatever they quote."""
    made = logging.getLogger(name)
    if not any(isinstance(each, _Writable) for each in made.filters):
        made.addFilter(_Writable())
    return made


class _Writable(logging.Filter):
    """Log filter that lets every record pass, its text made writable."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = writable(record.getMessage()), None
        return True
