"""The one error that a person is meant to read."""

from __future__ import annotations

from .text import excerpt

LONGEST_MESSAGE = 4000  # characters: a net below the excerpts of those who write messages


class GligenError(ValueError):
    """Something a user can put right: where it is, what was found, what was expected, what to do.

    A file, node or entity is named first; numbers on both sides of a mismatch; the remedy last.
    Its text can always be written: see `text.writable`.
    """

    # The host shows the type's full name, and loads the pack under the path of its folder.
    __module__ = "gligen_core.errors"

    def __init__(self, message: str) -> None:
        super().__init__(excerpt(message, LONGEST_MESSAGE))
