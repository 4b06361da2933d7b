"""What a GLIGEN is grounded with, handed to it with the host's encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from ..gligen_core.modalities.sources import WHERE, Sources
from ..gligen_core.text import logger
from .clip import phrase_features
from .clip_vision import picture_feature
from .files import LoadedGligen
from .grounding import Grounding
from .names import named

_log = logger(__name__)


def ground(
    gligen: LoadedGligen, clip: Any = None, clip_vision: Any = None, **given: Any
) -> Grounding:
    """The sources as this GLIGEN reads them; GligenError names what is missing or wrong.

    clip, clip_vision: the host's, or None · given: fields of `Sources`
    """

    def encode_phrases(phrases: Sequence[str], width: int) -> Tensor:
        return phrase_features(clip, phrases, width, gligen.name)

    def encode_image(picture: Tensor, centre_crop: bool, width: int) -> Tensor:
        return picture_feature(clip_vision, clip, picture, centre_crop, width, gligen.name)

    sources = Sources(
        gligen=gligen.name,
        encode_phrases=encode_phrases,
        encode_image=encode_image,
        tell=lambda note: _log.info("%s: %s", named(WHERE), note),
        **given,
    )
    network = gligen.model
    return Grounding(gligen, network.modality.read(sources, network.config.tokenizer))
