"""Names for entities that come without: phrases in the boxes' order, or for the nameless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..errors import GligenError
from .types import Layout


def phrases_of(text: str) -> list[str]:
    """Phrases of a text: "sun; comet", or a line for each."""
    return [phrase.strip() for phrase in re.split(r"[;；\n]", text) if phrase.strip()]


def named_in_order(layout: Layout, phrases: Sequence[str], source: str) -> Layout:
    """Layout whose entities have these phrases, in their order.

    source: who asks, for the message. Errors: GligenError where there are not as many.
    """
    if len(phrases) != len(layout.entities):
        raise GligenError(
            f"{source}: {len(phrases)} phrases for {len(layout.entities)} boxes; "
            "expected one for each, in their order, with semicolons between: sun; comet."
        )
    pairs = zip(layout.entities, phrases, strict=True)
    return layout.with_entities(replace(entity, text=phrase) for entity, phrase in pairs)


def nameless_named(layout: Layout, phrases: Sequence[str], source: str) -> Layout:
    """Layout whose entities without a phrase have one of these: the only one, or each its own.

    source: who asks, for the message. Errors: GligenError where there are neither one nor as many.
    """
    nameless = [entity.id for entity in layout.entities if not entity.text]
    if not phrases or not nameless:
        return layout
    if len(phrases) not in (1, len(nameless)):
        raise GligenError(
            f"{source}: {len(nameless)} boxes without a label and {len(phrases)} phrases; expected "
            "one phrase for all, or one for each box: sun; comet."
        )
    given = list(phrases) * (len(nameless) if len(phrases) == 1 else 1)
    names = dict(zip(nameless, given, strict=True))
    return layout.with_entities(
        replace(entity, text=names.get(entity.id, entity.text)) for entity in layout.entities
    )
