"""What `validate_inputs` answers: the host shows a text, where an exception would be a crash.

It is given None for a value that is linked, and nothing for one that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ..gligen_core.errors import GligenError


def verdict(attempt: Callable[[], Any]) -> bool | str:
    """True if the attempt succeeds, else what a person can put right."""
    try:
        attempt()
    except GligenError as problem:
        return str(problem)
    return True


def verdict_of_choices(*choices: tuple[str, str | None, Collection[str]]) -> bool | str:
    """True if each (input, value, options) has one of its options.

    The host does not look: it checks lists of the old node API only.
    """
    for name, value, options in choices:
        if value is not None and value not in options:
            return f"`{name}` is {value!r}; choose one of: {', '.join(options)}."
    return True
