"""HED maps: soft edges. Official `hed_grounding_net.py`."""

from .spatial import BACKBONE, CLASSES_CONVOLUTION, DOWNSAMPLER, FIRST_CONVOLUTION, LATENT_CHANNELS
from .spec import ModalitySpec, Signature

EXTRA_CHANNELS = 1

SPEC = ModalitySpec(
    name="hed",
    title="HED edges",
    takes="map",
    signature=Signature(
        required=(BACKBONE,),
        forbidden=(CLASSES_CONVOLUTION, DOWNSAMPLER),
        # Any other map's file would look like this one if it had lost its downsampler.
        in_channels=((FIRST_CONVOLUTION, LATENT_CHANNELS + EXTRA_CHANNELS),),
    ),
    gate_phases=(0.9, 0.0, 0.1),  # gligen_inference.py, "a man is eating breakfast"
    extra_channels=EXTRA_CHANNELS,
)
