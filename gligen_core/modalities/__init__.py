"""The kinds of grounding: MODALITIES has one row for each, by name.

Inpainting is no kind of its own: a text-box or text-image-box file with a first convolution of 9
channels paints inside a picture.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..gate.schedule import Phases
from .keypoint import KEYPOINT
from .maps import CANNY, DEPTH, HED, NORMAL
from .modality import Modality
from .sem import SEM
from .text_box import TEXT_BOX
from .text_image_box import TEXT_IMAGE_BOX

_ROWS = (
    TEXT_BOX,
    TEXT_IMAGE_BOX,
    KEYPOINT,
    HED,
    CANNY,
    DEPTH,
    NORMAL,
    SEM,
)
MODALITIES: Mapping[str, Modality] = MappingProxyType({row.name: row for row in _ROWS})
assert len(MODALITIES) == len(_ROWS)

INPAINT = "inpaint"
PHASE_PRESETS: Mapping[str, Phases] = MappingProxyType(
    {name: row.phases for name, row in MODALITIES.items()} | {INPAINT: TEXT_BOX.inpaint_phases}
)
"""The gates of the official examples, by name: one for each kind, and that of inpainting."""
