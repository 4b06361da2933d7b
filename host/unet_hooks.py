"""The host's UNet: its blocks, its first convolution, and the hooks in which a GLIGEN acts.

The UNet's own convolution runs as it is, with whatever patches it has; what the GLIGEN's differs
by is added for the rows whose gate is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from comfy.ldm.modules import attention
from torch import Tensor, nn

from ..gligen_core.bases import LATENT_CHANNELS
from ..gligen_core.bases.blocks import BlockId, block_of_key
from ..gligen_core.engine.extra_channels import Convolution
from ..gligen_core.engine.forward import Forward, Widening
from ..gligen_core.layers.attention import by_head
from ..gligen_core.layers.merging import Grid

FUSING = "gligen_fusing"  # the transformer option under which a forward finds its fusers
WIDENING = "gligen_widening"  # and what its first convolution reads

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


def own_convolution(patcher: Any) -> Convolution:
    """The MODEL's first convolution before any LoRA, which a sum with it then keeps."""
    layer = first_convolution(patcher.model)
    return Convolution(*(_unpatched(patcher, layer, name) for name in ("weight", "bias")))


def _unpatched(patcher: Any, layer: nn.Module, name: str) -> Tensor:
    kept = getattr(patcher, "backup", {}).get(f"{FIRST_CONVOLUTION}.{name}")
    return getattr(layer, name) if kept is None else kept.weight


def with_fusers(transformer_options: Mapping[str, Any], forward: Forward) -> dict[str, Any]:
    """A copy of the options of a forward in which the fusers of this GLIGEN, too, act."""
    patches = transformer_options.get("patches", {})
    others = [patch for patch in patches.get("middle_patch", ()) if patch is not fuse]
    return {
        **transformer_options,
        FUSING: (*transformer_options.get(FUSING, ()), forward),
        "patches": {**patches, "middle_patch": [*others, fuse]},
    }


def with_widening(transformer_options: Mapping[str, Any], widening: Widening) -> dict[str, Any]:
    """A copy of the options of a forward in which this first convolution, too, acts."""
    patches = transformer_options.get("patches", {})
    name = "forward_timestep_embed_patch"
    others = [patch for patch in patches.get(name, ()) if patch != WIDEN]
    return {
        **transformer_options,
        WIDENING: (*transformer_options.get(WIDENING, ()), widening),
        # The host takes the first that fits the layer's class, so ours stands before others.
        "patches": {**patches, name: [WIDEN, *others]},
    }


def fuse(x: Tensor, extra_options: dict[str, Any]) -> Tensor:
    """The host's `middle_patch`, between self- and cross-attention; x: b q c -> b q c."""
    section, index = extra_options["block"]
    block = BlockId(section, index, extra_options["block_index"])

    def attend(
        query: Tensor, key: Tensor, value: Tensor, heads: int, bias: Tensor | None = None
    ) -> Tensor:
        split = key.device.type == "cpu"
        if split:
            # Attention on a CPU reads all keys and values for every few queries. With those of a
            # head side by side it takes 3 % less at 64 x 64 rows, 5 % less at 96 x 64.
            query, key, value = (by_head(rows, heads) for rows in (query, key, value))
            key, value = key.contiguous(), value.contiguous()
        # Looked up at each call: other packs replace it.
        return attention.optimized_attention(
            query,
            key,
            value,
            heads,
            mask=bias,
            attn_precision=extra_options.get("attn_precision"),
            skip_reshape=split,
            transformer_options=extra_options,
            # Newer hosts may attend in 8 bits; grounding tokens are few, and each is heard.
            low_precision_attention=False,
        )

    for forward in extra_options[FUSING]:
        if block in forward.columns:
            grid = Grid(*extra_options["activations_shape"][-2:])
            x = forward.fused(x, block, grid, attend)
    return x


def widen(
    layer: nn.Module,
    x: Tensor,
    embedding: Tensor,
    context: Tensor,
    transformer_options: Mapping[str, Any],
    *args: Any,
) -> Tensor:
    """The host's `forward_timestep_embed_patch`; x: b c h w -> b c_out h w."""
    out = layer(x)
    if tuple(transformer_options.get("block", ())) != FIRST_BLOCK:
        return out
    latent = x[:, :LATENT_CHANNELS]  # behind it lie the host's own inpainting channels, if any
    for widening in transformer_options.get(WIDENING, ()):
        out = out + widening.added(latent)
    return out


WIDEN = (nn.Conv2d, widen)
