"""The pack's own layout JSON, version 1: carries everything. A list of layouts is a sequence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..layout import (
    Layouts,
    LayoutSequence,
    dump_layout,
    dump_sequence,
    parse_sequence,
    still_or_sequence,
)


def parse(data: Any, source: str = "layout", warnings: list[str] | None = None) -> Layouts:
    """data: JSON text, an object, or a list of objects for several frames."""
    return still_or_sequence(parse_sequence(data, source, warnings).layouts)


def is_layout(value: Any) -> bool:
    """Whether an object calls itself one, though it may be broken."""
    return isinstance(value, Mapping) and ("entities" in value or "poses" in value)


def dump(layouts: Layouts) -> dict[str, Any] | list[dict[str, Any]]:
    """One object, or a list of them for a sequence."""
    if isinstance(layouts, LayoutSequence):
        return dump_sequence(layouts)
    return dump_layout(layouts)


def dump_text(layouts: Layouts) -> str:
    """The same as JSON text."""
    return json.dumps(dump(layouts), ensure_ascii=False, indent=1)
