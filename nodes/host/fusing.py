"""Fusers inside the host's UNet: what one forward needs, and the hook that finds it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from comfy.ldm.modules import attention
from torch import Tensor

from ...gligen_core.blocks import BlockId
from ...gligen_core.layers.attention import Attend
from ...gligen_core.layers.fuser import Fuser
from ...gligen_core.model import GligenModel
from .reuse import Residuals

FUSING = "gligen_fusing"  # the transformer option under which a forward finds its fusers


class Fusing(NamedTuple):
    """What the fusers of one GLIGEN read in one forward.

    tokens: b n c · gates: b block, on the CPU · columns: the column of each block that acts
    openings: b block 2, gate * tanh(alpha) of attention and of FF
    rows: of the blocks that act in some rows only, the numbers of these
    residuals: what to add again, or empty, to be filled; None where nothing is reused
    """

    net: GligenModel
    tokens: Tensor
    gates: Tensor
    columns: Mapping[BlockId, int]
    openings: Tensor
    rows: Mapping[BlockId, Tensor]
    residuals: Residuals | None = None


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
        if fuser is None:
            continue
        rows = fusing.rows.get(block)
        if rows is None:
            x = _fused(x, fusing, fuser, block, rows, attend)
        else:  # what the gate leaves alone stays as it is, to the bit
            acted_on = _fused(x[rows], fusing, fuser, block, rows, attend)
            x = x.index_copy(0, rows, acted_on)
    return x


def _fused(
    x: Tensor, fusing: Fusing, fuser: Fuser, block: BlockId, rows: Tensor | None, attend: Attend
) -> Tensor:
    """x: b q c, of these rows only -> b q c"""
    residuals = fusing.residuals
    if residuals is not None and block in residuals:
        return x + residuals[block]
    tokens, openings = fusing.tokens, fusing.openings[:, fusing.columns[block], :, None, None]
    if rows is not None:
        tokens, openings = tokens[rows], openings[rows]
    attn, dense = openings.to(x).unbind(1)
    fused = fuser.opened(x, tokens.to(x), attn, dense, attend)
    if residuals is not None:
        residuals[block] = fused - x
    return fused
