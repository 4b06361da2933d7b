"""Canny maps: thin edges. Official `canny_grounding_net.py`.

Weights cannot tell it from depth: the two networks have the same shapes.
"""

from ..schedule import Phases
from .spatial import (
    BACKBONE,
    CLASSES_CONVOLUTION,
    DOWNSAMPLER_WEIGHT,
    MAP_CHANNELS,
    build_downsampler,
    build_tokenizer,
)
from .spec import ModalitySpec, Signature

SPEC = ModalitySpec(
    name="canny",
    title="Canny edges",
    takes="map",
    signature=Signature(
        required=(BACKBONE, DOWNSAMPLER_WEIGHT),
        forbidden=(CLASSES_CONVOLUTION,),
        in_channels=((DOWNSAMPLER_WEIGHT, 1),),
    ),
    phases=Phases(
        0.9, 0.0, 0.1
    ),  # gligen_inference.py, "A Humanoid Robot Designed for Companionship"
    tokenizer=build_tokenizer,
    extra_channels=MAP_CHANNELS,
    downsampler=build_downsampler,
)
