"""Depth maps: near is white. Official `depth_grounding_net.py`.

Weights cannot tell it from canny: the two networks have the same shapes.
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
    name="depth",
    title="depth",
    takes="map",
    signature=Signature(
        required=(BACKBONE, DOWNSAMPLER_WEIGHT),
        forbidden=(CLASSES_CONVOLUTION,),
        in_channels=((DOWNSAMPLER_WEIGHT, 1),),
    ),
    phases=Phases(
        0.7, 0.0, 0.3
    ),  # gligen_inference.py, "a Vibrant colorful Bird Sitting on Tree Branch"
    tokenizer=build_tokenizer,
    extra_channels=MAP_CHANNELS,
    downsampler=build_downsampler,
)
