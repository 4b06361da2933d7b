"""Places in the host's UNet: its transformer blocks and its first convolution."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import nn

from ...gligen_core.bases.blocks import BlockId, block_of_key

FIRST_BLOCK = ("input", 0)
FIRST_CONVOLUTION = "diffusion_model.input_blocks.0.0"  # its name in the host's MODEL


class Widths(NamedTuple):
    """Of one block: its rows, and the text (of a fuser: the tokens) they attend to."""

    rows: int
    context: int


def model_blocks(model: torch.nn.Module) -> dict[BlockId, Widths]:
    """The transformer blocks of a host model that has SD's names; empty for others."""
    found: dict[BlockId, Widths] = {}
    module: Any
    for name, module in getattr(model, "diffusion_model", model).named_modules():
        block = block_of_key(f"{name}.")
        if block is not None and block not in found and hasattr(module, "attn2"):
            found[block] = Widths(module.attn1.to_q.in_features, module.attn2.to_k.in_features)
    return found


def first_convolution(model: Any) -> nn.Conv2d:
    """Of a host model with SD's UNet."""
    return model.diffusion_model.input_blocks[0][0]
