"""Semantic maps: a class for each pixel. Official `sem_grounding_net.py`."""

from .spatial import BACKBONE, CLASSES_CONVOLUTION
from .spec import ModalitySpec, Signature

EXTRA_CHANNELS = 8

SPEC = ModalitySpec(
    name="sem",
    title="semantic classes",
    takes="map",
    signature=Signature(
        required=(BACKBONE, CLASSES_CONVOLUTION),
    ),
    gate_phases=(
        0.7,
        0.0,
        0.3,
    ),  # gligen_inference.py, "a living room filled with lots of furniture and plants"
    extra_channels=EXTRA_CHANNELS,
)
