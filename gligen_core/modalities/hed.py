"""HED maps: soft edges. Official `hed_grounding_net.py`."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..layers.downsampler import EdgeDownsampler
from ..schedule import Phases
from .spatial import (
    BACKBONE,
    CLASSES_CONVOLUTION,
    DOWNSAMPLER,
    EDGE_CHANNELS,
    FIRST_CONVOLUTION,
    LATENT_CHANNELS,
    build_tokenizer,
)
from .spec import ModalitySpec, Signature


def build_downsampler(weights: Mapping[str, Tensor], ops: Any) -> EdgeDownsampler:
    """There is nothing to build it from: a file holds no weights of it."""
    return EdgeDownsampler()


SPEC = ModalitySpec(
    name="hed",
    title="HED edges",
    takes="map",
    signature=Signature(
        required=(BACKBONE,),
        forbidden=(CLASSES_CONVOLUTION, DOWNSAMPLER),
        # Any other map's file would look like this one if it had lost its downsampler.
        in_channels=((FIRST_CONVOLUTION, LATENT_CHANNELS + EDGE_CHANNELS),),
    ),
    phases=Phases(0.9, 0.0, 0.1),  # gligen_inference.py, "a man is eating breakfast"
    tokenizer=build_tokenizer,
    extra_channels=EDGE_CHANNELS,
    downsampler=build_downsampler,
)
