"""Grounding with text boxes: a layout's phrases through CLIP, its boxes as they are."""

from __future__ import annotations

from typing import Any

from ...gligen_core.errors import GligenError
from ...gligen_core.layout import Layout, Overflow
from ...gligen_core.modalities import text_box
from .clip import phrase_features
from .files import LoadedGligen
from .grounding import Grounding


def ground_text_boxes(
    gligen: LoadedGligen, clip: Any, layout: Layout, overflow: Overflow
) -> Grounding:
    """A layout for a text-box GLIGEN; GligenError names what is missing or too much.

    clip: the host's CLIP
    """
    spec = gligen.model.spec
    if spec.name != text_box.SPEC.name:
        raise GligenError(
            f"Ground: {gligen.name} grounds with {spec.title} ({spec.name}), which this version "
            f"does not sample with yet. Load a {text_box.SPEC.name} GLIGEN."
        )
    entities = layout.limit(text_box.MAX_OBJECTS, overflow).entities
    for entity in entities:
        if not entity.text.strip():
            raise GligenError(
                f"Ground: entity {entity.id!r} has no text, and {gligen.name} grounds with text. "
                "Name what goes there."
            )
    features = phrase_features(
        clip,
        [entity.text for entity in entities],
        gligen.model.position_net.text_width,
        gligen.name,
    )
    boxes = [entity.box for entity in entities]
    strengths = [entity.strength for entity in entities]
    return Grounding(gligen, text_box.prepare(boxes, features, strengths))
