"""Whether a GLIGEN's fusers fit a MODEL's transformer blocks."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from ...gligen_core.blocks import BlockId, block_of_key
from ...gligen_core.checkpoint.detect import BASES
from ...gligen_core.errors import GligenError
from ...gligen_core.layers.fuser import Fuser, GatedSelfAttention
from ...gligen_core.modalities.maps import LATENT_CHANNELS
from ...gligen_core.model import GligenModel
from .files import LoadedGligen
from .widening import first_convolution


class Widths(NamedTuple):
    """Of one block: its rows, and the text (of a fuser: the tokens) they attend to."""

    rows: int
    context: int


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


def model_blocks(model: torch.nn.Module) -> dict[BlockId, Widths]:
    """The transformer blocks of a host model that has SD's names; empty for others."""
    found: dict[BlockId, Widths] = {}
    module: Any
    for name, module in getattr(model, "diffusion_model", model).named_modules():
        block = block_of_key(f"{name}.")
        if block is not None and block not in found and hasattr(module, "attn2"):
            found[block] = Widths(module.attn1.to_q.in_features, module.attn2.to_k.in_features)
    return found


def fuser_widths(model: GligenModel) -> dict[BlockId, Widths]:
    """The same of a GLIGEN's fusers."""
    return {block: _widths(model.fuser(block)) for block in model.blocks}


def _widths(fuser: Fuser | None) -> Widths:
    assert fuser is not None
    projection = fuser.linear if isinstance(fuser, GatedSelfAttention) else fuser.attn.to_k
    return Widths(fuser.attn.to_q.in_features, projection.in_features)


def _base(fusers: dict[BlockId, Widths]) -> str:
    context = next(iter(fusers.values())).context
    return BASES.get(context, f"a UNet with context {context}")
