"""Fusers: the gated layers that let grounding tokens into a transformer block.

GLIGEN (arXiv 2301.07093), equation 8; official `ldm/modules/attention.py`. All three are
the identity where the gate is 0.
"""

from collections.abc import Mapping
from math import isqrt
from types import MappingProxyType
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..errors import GligenError
from .attention import Attend, Attention, FeedForward, as_map, as_rows, attend, full_like_rows
from .merging import Grid, merged, merged_bias

Gate = float | Tensor  # a number, or a tensor that broadcasts over b q c


class Fuser(nn.Module):
    """What the three kinds share: x + gate * tanh(alpha) * residual, for attention, then for FF."""

    def __init__(self, width: int, memory_width: int, heads: int, ops: Any = nn) -> None:
        super().__init__()
        self.attn = Attention(width, memory_width, heads, ops)
        self.ff = FeedForward(width, ops)
        self.norm1 = ops.LayerNorm(width)
        self.norm2 = ops.LayerNorm(width)
        self.alpha_attn = nn.Parameter(torch.zeros(()))
        self.alpha_dense = nn.Parameter(torch.zeros(()))

    def residual(
        self, x: Tensor, tokens: Tensor, attend: Attend, grid: Grid | None = None
    ) -> Tensor:
        """What the tokens add to the visual rows before the gate: b q c.

        grid: of the visual rows, to attend to them merged; None: to each
        """
        raise NotImplementedError

    def forward(
        self, x: Tensor, tokens: Tensor, gate: Gate = 1.0, attend: Attend = attend
    ) -> Tensor:
        """x: b q c (visual rows) · tokens: b n c_tokens · gate: 0..1 -> b q c"""
        gate = full_like_rows(gate, x)
        attn, dense = (gate * alpha.to(x).tanh() for alpha in (self.alpha_attn, self.alpha_dense))
        return self.opened(x, tokens, attn, dense, attend)

    def opened(
        self,
        x: Tensor,
        tokens: Tensor,
        attn: Tensor,
        dense: Tensor,
        attend: Attend,
        grid: Grid | None = None,
    ) -> Tensor:
        """The same with gate * tanh(alpha) at hand, of attention and of FF, in the dtype of x."""
        x = torch.addcmul(x, attn, self.residual(x, tokens, attend, grid))
        return torch.addcmul(x, dense, self.ff(self.norm2(x)))


class GatedSelfAttention(Fuser):
    """`gatedSA`, the kind of every published file: visual rows attend to themselves and the tokens.

    The official code attends from the tokens too and throws those rows away; here they are
    keys and values only.
    """

    def __init__(self, width: int, context: int, heads: int, ops: Any = nn) -> None:
        super().__init__(width, width, heads, ops)
        self.linear = ops.Linear(context, width)

    def residual(
        self, x: Tensor, tokens: Tensor, attend: Attend, grid: Grid | None = None
    ) -> Tensor:
        visual, grounding = self.norm1(x), self.norm1(self.linear(tokens))
        if grid is None:
            return self.attn(visual, torch.cat((visual, grounding), dim=1), attend)
        memory = torch.cat((merged(visual, grid), grounding), dim=1)
        bias = merged_bias(visual, grid, others=grounding.shape[1])
        return self.attn(visual, memory, attend, bias)


class GatedSelfAttention2(GatedSelfAttention):
    """`gatedSA2`: the tokens' own rows, laid out as a square map and resized, are the residual.

    No published file has it; it never merges.
    """

    def residual(
        self, x: Tensor, tokens: Tensor, attend: Attend, grid: Grid | None = None
    ) -> Tensor:
        visual, grounding = self.norm1(x), self.norm1(self.linear(tokens))
        rows = self.attn(grounding, torch.cat((visual, grounding), dim=1), attend)
        side, token_side = _square_side(x, "visual rows"), _square_side(tokens, "grounding tokens")
        token_map = as_map(rows, token_side, token_side)
        return as_rows(functional.interpolate(token_map, (side, side), mode="bicubic"))


class GatedCrossAttention(Fuser):
    """`gatedCA`: visual rows attend to the tokens only; no projection, no norm on the tokens."""

    def __init__(self, width: int, context: int, heads: int, ops: Any = nn) -> None:
        super().__init__(width, context, heads, ops)

    def residual(
        self, x: Tensor, tokens: Tensor, attend: Attend, grid: Grid | None = None
    ) -> Tensor:
        return self.attn(self.norm1(x), tokens, attend)


FuserKind = Literal["gatedSA", "gatedSA2", "gatedCA"]
"""Official names (`fuser_type`); every published file is gatedSA."""

FUSERS: Mapping[FuserKind, type[Fuser]] = MappingProxyType(
    {
        "gatedSA": GatedSelfAttention,
        "gatedSA2": GatedSelfAttention2,
        "gatedCA": GatedCrossAttention,
    }
)


def _square_side(rows: Tensor, name: str) -> int:
    side = isqrt(rows.shape[1])
    if side * side != rows.shape[1]:
        raise GligenError(
            f"gatedSA2 fuser: {rows.shape[1]} {name}, expected a square number such as 64. "
            "Use a square picture and a GLIGEN with an 8 x 8 token map."
        )
    return side
