"""The kinds of grounding: MODALITIES has one row for each, by name.

Inpainting is no kind of its own: a text-box or text-image-box file with a first convolution of 9
channels paints inside a picture.
"""

from collections.abc import Mapping
from types import MappingProxyType

from . import canny, depth, hed, keypoint, normal, sem, text_box, text_image_box
from .spec import ModalitySpec

_ROWS = (text_box, text_image_box, keypoint, hed, canny, depth, normal, sem)
MODALITIES: Mapping[str, ModalitySpec] = MappingProxyType(
    {row.SPEC.name: row.SPEC for row in _ROWS}
)
assert len(MODALITIES) == len(_ROWS)
