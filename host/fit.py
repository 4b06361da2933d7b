"""Whether a GLIGEN's fusers fit a MODEL's transformer blocks."""

from __future__ import annotations

from typing import Any

from ..gligen_core.bases import LATENT_CHANNELS, base_of
from ..gligen_core.bases.blocks import BlockId
from ..gligen_core.errors import GligenError
from ..gligen_core.layers.fuser import Fuser, GatedSelfAttention
from ..gligen_core.model import GligenModel
from .files import LoadedGligen
from .unet_hooks import Widths, first_convolution, model_blocks


def check_fit(patcher: Any, gligen: LoadedGligen) -> None:
    """GligenError, with both sides named, unless every fuser finds its block.

    patcher: the host's MODEL
    """
    blocks = model_blocks(patcher.model)
    base = type(patcher.model.model_config).__name__
    fusers = fuser_widths(gligen.model)
    if not blocks:
        raise GligenError(
            f"Apply GLIGEN: this MODEL ({base}) has no Stable Diffusion UNet, so {gligen.name} "
            f"({_base(fusers)}) does not fit. Load an {_base(fusers)} checkpoint."
        )
    for block, wanted in fusers.items():
        found = blocks.get(block)
        if found == wanted:
            continue
        place = "no such block" if found is None else f"{found.rows} (context {found.context})"
        raise GligenError(
            f"Apply GLIGEN: {gligen.name} is for {_base(fusers)} (context {wanted.context}); "
            f"this MODEL is {base} (context {next(iter(blocks.values())).context}). "
            f"At block {block} the fuser is {wanted.rows} wide (context {wanted.context}), the "
            f"MODEL has {place}. Load an {_base(fusers)} checkpoint, or a GLIGEN made for {base}."
        )
    channels = first_convolution(patcher.model).in_channels
    if gligen.model.inpaint and channels != LATENT_CHANNELS:
        raise GligenError(
            f"Apply GLIGEN: {gligen.name} and this MODEL ({base}, {channels} channels in) are both "
            "for inpainting, each in its own way. Load a plain checkpoint for this GLIGEN, or a "
            "GLIGEN for generation for this MODEL."
        )


def fuser_widths(model: GligenModel) -> dict[BlockId, Widths]:
    """The same of a GLIGEN's fusers."""
    return {block: _widths(model.fuser(block)) for block in model.blocks}


def _widths(fuser: Fuser | None) -> Widths:
    assert fuser is not None
    projection = fuser.linear if isinstance(fuser, GatedSelfAttention) else fuser.attn.to_k
    return Widths(fuser.attn.to_q.in_features, projection.in_features)


def _base(fusers: dict[BlockId, Widths]) -> str:
    context = next(iter(fusers.values())).context
    known = base_of(context)
    return known.title if known else f"a UNet with context {context}"
