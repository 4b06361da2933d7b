"""The config of an official file as plain dicts and lists, OmegaConf's nodes among them."""

from __future__ import annotations

from typing import Any

from ..text import writable
from .pickled import ATOMS, Global, Inert


def plain(value: Any, depth: int = 32) -> Any:
    """Dicts, lists and atoms of a value; OmegaConf nodes become what they hold, the rest None.

    An OmegaConf container keeps its tree under `_content`, a leaf its value under `_val`.
    """
    return _plain(value, depth, {})


def _plain(value: Any, depth: int, done: dict[int, Any]) -> Any:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, ATOMS):
        return value
    if depth == 0 or id(value) in done:  # each object once, so a knot of references ends
        return done.get(id(value))
    done[id(value)] = None
    if isinstance(value, Inert):
        state = value.state if isinstance(value.state, dict) else {}
        result = _plain(state or value.items or value.elements or None, depth - 1, done)
    elif isinstance(value, dict):
        for inside in ("_content", "_val"):
            if inside in value and "_metadata" in value:
                result = _plain(value[inside], depth - 1, done)
                break
        else:
            result = {
                key if isinstance(key, str) else repr(key): _plain(item, depth - 1, done)
                for key, item in value.items()
            }
    elif isinstance(value, list | tuple) and not isinstance(value, Global):
        result = [_plain(item, depth - 1, done) for item in value]
    else:
        result = None
    done[id(value)] = result
    return result
