"""The pack's own layout JSON, version 1: carries everything. A list of layouts is a sequence."""

from __future__ import annotations

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
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Context

FOREIGN = frozenset(("label", "bbox", "name", "class"))  # of entities that are no layout's


def parse(data: Any, context: Context) -> Layouts:
    """data: JSON text, an object, or a list of objects for several frames."""
    context.tally.form = "layout JSON"
    sequence = parse_sequence(data, context.source, context.warnings)
    return still_or_sequence(sequence.layouts)


def is_layout(value: Any) -> bool:
    """Whether an object calls itself one, though it may be broken: by its poses or entities, which
    have no fields of other programs."""
    if not isinstance(value, Mapping):
        return False
    if "poses" in value or set(value) == {"version"}:
        return True
    entities = value.get("entities", 0)
    if isinstance(entities, list | tuple) and entities:
        return not any(_is_foreign(entity) for entity in entities)
    return "entities" in value


def recognises(value: Any) -> bool:
    """A layout, or a list of them for several frames."""
    return is_layout(value) or (
        isinstance(value, list | tuple) and bool(value) and is_layout(value[0])
    )


def _is_foreign(entity: Any) -> bool:
    return isinstance(entity, Mapping) and "text" not in entity and bool(FOREIGN & entity.keys())


def dump(layouts: Layouts, context: Context = UNSAID) -> dict[str, Any] | list[dict[str, Any]]:
    """One object, or a list of them for a sequence."""
    if isinstance(layouts, LayoutSequence):
        return dump_sequence(layouts)
    return dump_layout(layouts)


FORMAT = Format(
    name="layout JSON",
    sign="`entities` or `poses`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    capabilities=Capabilities(
        poses=True,
        frames=True,
        canvas=True,
        ids=True,
        strength=True,
        scores=True,
        visibility="exact",
        images=True,
        grid="exact",
    ),
)
