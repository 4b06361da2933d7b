"""What GLIGEN Inpaint puts on a CONDITIONING for inpainting GLIGENs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..gligen_core.engine.attachment import Inpainting
from .grounding import Conditioning

INPAINTING = "gligen_inpainting"  # the option under which it rides


def inpainting_of(options: Mapping[str, Any]) -> Inpainting | None:
    """What a conditioning's options hold."""
    return options.get(INPAINTING)


def with_inpainting(conditioning: Conditioning, inpainting: Inpainting) -> Conditioning:
    """A copy that paints in this picture."""
    return [[text, {**options, INPAINTING: inpainting}] for text, options in conditioning]
