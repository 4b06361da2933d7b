"""What GLIGEN Inpaint puts on a CONDITIONING for inpainting GLIGENs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from .grounding import Conditioning

INPAINTING = "gligen_inpainting"  # the option under which it rides


@dataclass(frozen=True, slots=True, eq=False)
class Inpainting:
    """latent: b 4 h w, of the whole picture, in the host's scale · keep: b 1 h w, 1 keeps"""

    latent: Tensor
    keep: Tensor


def inpainting_of(options: Mapping[str, Any]) -> Inpainting | None:
    """What a conditioning's options hold."""
    return options.get(INPAINTING)


def with_inpainting(conditioning: Conditioning, inpainting: Inpainting) -> Conditioning:
    """A copy that paints in this picture."""
    return [[text, {**options, INPAINTING: inpainting}] for text, options in conditioning]
