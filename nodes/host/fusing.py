"""Fusers inside the host's UNet: what one forward needs, and the hook that finds it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from comfy.ldm.modules import attention
from torch import Tensor

from ...gligen_core.blocks import BlockId
from ...gligen_core.model import GligenModel

FUSING = "gligen_fusing"  # the transformer option under which a forward finds its fusers


class Fusing(NamedTuple):
    """What the fusers of one GLIGEN read in one forward.

    tokens: b n c · gates: b block · columns: the column of `gates` for each block that acts
    """

    net: GligenModel
    tokens: Tensor
    gates: Tensor
    columns: Mapping[BlockId, int]


def with_fusing(transformer_options: Mapping[str, Any], fusing: Fusing) -> dict[str, Any]:
    """A copy of the options of a forward in which this GLIGEN, too, acts."""
    patches = transformer_options.get("patches", {})
    others = [patch for patch in patches.get("middle_patch", ()) if patch is not fuse]
    return {
        **transformer_options,
        FUSING: (*transformer_options.get(FUSING, ()), fusing),
        "patches": {**patches, "middle_patch": [*others, fuse]},
    }


def fuse(x: Tensor, extra_options: dict[str, Any]) -> Tensor:
    """The host's `middle_patch`, between self- and cross-attention; x: b q c -> b q c."""
    section, index = extra_options["block"]
    block = BlockId(section, index, extra_options["block_index"])

    def attend(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
        # Looked up at each call: other packs replace it.
        return attention.optimized_attention(
            query,
            key,
            value,
            heads,
            attn_precision=extra_options.get("attn_precision"),
            transformer_options=extra_options,
        )

    for fusing in extra_options[FUSING]:
        fuser = fusing.net.fuser(block) if block in fusing.columns else None
        if fuser is not None:
            gate = fusing.gates[:, fusing.columns[block], None, None]
            x = fuser(x, fusing.tokens.to(x), gate, attend)
    return x
