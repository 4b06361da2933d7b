"""How each kind of GLIGEN reads what the Ground node was given."""

from __future__ import annotations

from collections.abc import Callable

from ...gligen_core.modalities import MODALITIES
from ...gligen_core.modalities.spec import TokenizerInputs
from .boxes import ground_text_boxes, ground_text_image_boxes
from .files import LoadedGligen
from .grounding import Grounding
from .maps import ground_classes, ground_map
from .poses import ground_poses
from .sources import Sources

READERS: dict[str, Callable[[LoadedGligen, Sources], TokenizerInputs]] = {
    "text_box": ground_text_boxes,
    "text_image_box": ground_text_image_boxes,
    "keypoint": ground_poses,
    "hed": ground_map,
    "canny": ground_map,
    "depth": ground_map,
    "normal": ground_map,
    "sem": ground_classes,
}
assert READERS.keys() == MODALITIES.keys()


def ground(gligen: LoadedGligen, sources: Sources) -> Grounding:
    """The sources as this GLIGEN reads them; GligenError names what is missing or wrong."""
    return Grounding(gligen, READERS[gligen.model.spec.name](gligen, sources))
