"""The kinds of grounding: MODALITIES has one row for each, by name.

Inpainting is no kind of its own: a text-box or text-image-box file with a first convolution of 9
channels paints inside a picture.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..schedule import Phases
from . import canny, depth, hed, keypoint, normal, sem, text_box, text_image_box
from .spec import ModalitySpec

_ROWS = (text_box, text_image_box, keypoint, hed, canny, depth, normal, sem)
MODALITIES: Mapping[str, ModalitySpec] = MappingProxyType(
    {row.SPEC.name: row.SPEC for row in _ROWS}
)
assert len(MODALITIES) == len(_ROWS)

INPAINT = "inpaint"
PHASE_PRESETS: Mapping[str, Phases] = MappingProxyType(
    {name: spec.phases for name, spec in MODALITIES.items()}
    | {INPAINT: text_box.SPEC.inpaint_phases}
)
"""The gates of the official examples, by name: one for each kind, and that of inpainting."""
