"""Canny maps: thin edges. Official `canny_grounding_net.py`.

Weights cannot tell it from depth: the two networks have the same shapes.
"""

from .spatial import BACKBONE, CLASSES_CONVOLUTION, DOWNSAMPLER_WEIGHT
from .spec import ModalitySpec, Signature

EXTRA_CHANNELS = 8

SPEC = ModalitySpec(
    name="canny",
    title="Canny edges",
    takes="map",
    signature=Signature(
        required=(BACKBONE, DOWNSAMPLER_WEIGHT),
        forbidden=(CLASSES_CONVOLUTION,),
        in_channels=((DOWNSAMPLER_WEIGHT, 1),),
    ),
    gate_phases=(
        0.9,
        0.0,
        0.1,
    ),  # gligen_inference.py, "A Humanoid Robot Designed for Companionship"
    extra_channels=EXTRA_CHANNELS,
)
