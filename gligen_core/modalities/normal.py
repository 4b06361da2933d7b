"""Normal maps: surface normals as colours. Official `normal_grounding_net.py`."""

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
    name="normal",
    title="surface normals",
    takes="map",
    signature=Signature(
        required=(BACKBONE, DOWNSAMPLER_WEIGHT),
        forbidden=(CLASSES_CONVOLUTION,),
        in_channels=((DOWNSAMPLER_WEIGHT, 3),),
    ),
    phases=Phases(
        0.7, 0.0, 0.3
    ),  # gligen_inference.py, "a large tree with no leaves in front of a building"
    tokenizer=build_tokenizer,
    extra_channels=MAP_CHANNELS,
    downsampler=build_downsampler,
)
