"""Grounding with boxes: phrases through CLIP, reference pictures through CLIP vision."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...gligen_core.errors import GligenError
from ...gligen_core.layout import Entity
from ...gligen_core.modalities import text_box, text_image_box
from ...gligen_core.modalities.slots import MAX_OBJECTS
from ...gligen_core.modalities.spec import TokenizerInputs, batched
from .clip import phrase_features
from .clip_vision import picture_features
from .files import LoadedGligen
from .sources import Sources


def ground_text_boxes(gligen: LoadedGligen, sources: Sources) -> TokenizerInputs:
    """Layouts for a text-box GLIGEN; GligenError names what is missing or too much."""
    return batched(
        [
            _text_boxes(gligen, sources, layout.limit(MAX_OBJECTS, sources.overflow).entities)
            for layout in sources.layouts(gligen)
        ]
    )


def _text_boxes(
    gligen: LoadedGligen, sources: Sources, entities: Sequence[Entity]
) -> text_box.TextBoxInputs:
    for entity in entities:
        if not entity.text.strip():
            raise GligenError(
                f"GLIGEN_Ground: entity {entity.id!r} has no text, and {gligen.name} grounds with "
                "text. Name what goes there."
            )
    phrases = [entity.text for entity in entities]
    width = gligen.model.position_net.text_width
    return text_box.prepare(
        [entity.box for entity in entities],
        phrase_features(sources.clip, phrases, width, gligen.name),
        [entity.strength for entity in entities],
    )


def ground_text_image_boxes(gligen: LoadedGligen, sources: Sources) -> TokenizerInputs:
    """Layouts for a text+image GLIGEN: each object has a phrase, a picture, or both."""
    room = MAX_OBJECTS - (sources.style_image is not None)
    return batched(
        [
            _text_image_boxes(gligen, sources, layout.limit(room, sources.overflow).entities)
            for layout in sources.layouts(gligen)
        ]
    )


def _text_image_boxes(
    gligen: LoadedGligen, sources: Sources, entities: Sequence[Entity]
) -> text_image_box.TextImageBoxInputs:
    for entity in entities:
        _check_described(entity, gligen, sources)
    width = gligen.model.position_net.text_width
    named = [bool(entity.text.strip()) for entity in entities]
    text = torch.zeros(len(entities), width)
    if any(named):
        phrases = [entity.text for entity, has in zip(entities, named, strict=True) if has]
        text[named] = phrase_features(sources.clip, phrases, width, gligen.name)
    image = picture_features(gligen, sources, entities)
    corners = [entity.box.as_tuple() for entity in entities]
    use_text = [e.use_text * has for e, has in zip(entities, named, strict=True)]
    use_image = [e.use_image * (e.image is not None) for e in entities]
    strengths = [entity.strength for entity in entities]
    if sources.style_image is not None:
        text = torch.cat((text, torch.zeros(1, width)))
        corners.append(text_image_box.STYLE_CORNERS)
        use_text, use_image = [*use_text, 0.0], [*use_image, 1.0]
        strengths.append(1.0)
    return text_image_box.prepare(corners, text, image, use_text, use_image, strengths)


def _check_described(entity: Entity, gligen: LoadedGligen, sources: Sources) -> None:
    """GligenError for an object with neither phrase nor picture, or whose picture is not there."""
    if entity.image is None and not entity.text.strip():
        raise GligenError(
            f"GLIGEN_Ground: entity {entity.id!r} has neither text nor image, and {gligen.name} "
            "grounds with either or both. Name what goes there, or give the row of a reference "
            "image."
        )
    if entity.image is None:
        return
    count = 0 if sources.images is None else len(sources.images)
    if entity.image >= count:
        have = f"`images` has {count}" if count else "`images` is not connected"
        raise GligenError(
            f"GLIGEN_Ground: entity {entity.id!r} wants reference image {entity.image} (from 0), "
            f"but {have}. Wire the pictures as one batch of at least {entity.image + 1}."
        )
