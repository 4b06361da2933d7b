"""What a GLIGEN is grounded with: layouts, maps, reference images, and who encodes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor

from ..errors import GligenError
from ..layout import Layout, LayoutSequence, Overflow
from .class_maps import TOLERANCE

ImageCrop = Literal["centre", "box", "whole"]
MapReads = Literal["colours", "numbers"]
WHERE = "GLIGEN_Ground"  # the node that errors name


class PhraseEncoder(Protocol):
    """Features of phrases, as GLIGENs are trained with."""

    def __call__(self, phrases: Sequence[str], width: int) -> Tensor:
        """-> n width, float32 on the CPU; GligenError where there are none of that width."""
        ...


class ImageEncoder(Protocol):
    """Features of reference images, in the space of phrase features."""

    def __call__(self, picture: Tensor, centre_crop: bool, width: int) -> Tensor:
        """picture: 1 H W 3 in 0..1 -> width, float32 on the CPU.

        centre_crop: see the square in its middle; else all of it, squeezed to a square
        """
        ...


def no_phrases(phrases: Sequence[str], width: int) -> Tensor:
    """The encoder of a run that was given none."""
    raise GligenError(
        f"{WHERE}: phrases, and nothing that encodes them into {width} features. Wire `clip`."
    )


def no_images(picture: Tensor, centre_crop: bool, width: int) -> Tensor:
    """The encoder of a run that was given none."""
    raise GligenError(
        f"{WHERE}: reference images, and nothing that encodes them into {width} features. "
        "Wire `clip_vision`."
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that may be given; which of it is needed depends on the modality.

    gligen: the file's name, for errors · encode_phrases, encode_image: the host's encoders
    images, style_image, map: b H W c in 0..1 · masks: n H W · tolerance: 0..255 · tell: for notes
    """

    gligen: str = "this GLIGEN"
    encode_phrases: PhraseEncoder = no_phrases
    encode_image: ImageEncoder = no_images
    layout: Layout | LayoutSequence | None = None
    overflow: Overflow = "error"
    images: Tensor | None = None
    image_crop: ImageCrop = "centre"
    style_image: Tensor | None = None
    map: Tensor | None = None
    map_reads: MapReads = "colours"
    tolerance: int = TOLERANCE
    masks: Tensor | None = None
    class_names: str = ""
    tell: Callable[[str], None] = lambda note: None

    def layouts(self) -> tuple[Layout, ...]:
        """The layout, or one per picture; GligenError where none is connected."""
        if self.layout is None:
            raise GligenError(
                f"{WHERE}: {self.gligen} needs a layout, but `layout` is not connected. "
                "Wire it to a GLIGEN_Layout or GLIGEN_Box node."
            )
        return self.layout.layouts if isinstance(self.layout, LayoutSequence) else (self.layout,)
