"""Normal maps: surface normals as colours. Official `normal_grounding_net.py`."""

from .spatial import BACKBONE, CLASSES_CONVOLUTION, DOWNSAMPLER_WEIGHT
from .spec import ModalitySpec, Signature

EXTRA_CHANNELS = 8

SPEC = ModalitySpec(
    name="normal",
    title="surface normals",
    takes="map",
    signature=Signature(
        required=(BACKBONE, DOWNSAMPLER_WEIGHT),
        forbidden=(CLASSES_CONVOLUTION,),
        in_channels=((DOWNSAMPLER_WEIGHT, 3),),
    ),
    gate_phases=(
        0.7,
        0.0,
        0.3,
    ),  # gligen_inference.py, "a large tree with no leaves in front of a building"
    extra_channels=EXTRA_CHANNELS,
)
