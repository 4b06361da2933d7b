"""What `validate_inputs` answers: the host shows a text, where an exception would be a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...gligen_core.errors import GligenError


def verdict(attempt: Callable[[], Any]) -> bool | str:
    """True if the attempt succeeds, else what a person can put right."""
    try:
        attempt()
    except GligenError as problem:
        return str(problem)
    return True
