"""What the Ground node was given, whatever the GLIGEN needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from ...gligen_core.errors import GligenError
from ...gligen_core.layout import Layout, LayoutSequence, Overflow
from ...gligen_core.modalities.class_maps import TOLERANCE
from .files import LoadedGligen

ImageCrop = Literal["centre", "box", "whole"]
MapReads = Literal["colours", "numbers"]


@dataclass(frozen=True, slots=True)
class Sources:
    """clip, clip_vision: the host's · images, style_image, map: b H W c in 0..1 · masks: n H W"""

    clip: Any = None
    layout: Layout | LayoutSequence | None = None
    overflow: Overflow = "error"
    clip_vision: Any = None
    images: Tensor | None = None
    image_crop: ImageCrop = "centre"
    style_image: Tensor | None = None
    map: Tensor | None = None
    map_reads: MapReads = "colours"
    tolerance: int = TOLERANCE
    masks: Tensor | None = None
    class_names: str = ""

    def layouts(self, gligen: LoadedGligen) -> tuple[Layout, ...]:
        """The layout, or one per picture; GligenError where none is connected."""
        if self.layout is None:
            raise GligenError(
                f"GLIGEN_Ground: {gligen.name} needs a layout, but `layout` is not connected. "
                "Wire it to a GLIGEN_Layout or GLIGEN_Box node."
            )
        return self.layout.layouts if isinstance(self.layout, LayoutSequence) else (self.layout,)
