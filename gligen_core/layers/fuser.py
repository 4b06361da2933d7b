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
from .attention import (
    Attend,
    Attention,
    FeedForward,
    as_map,
    as_rows,
    attend,
    attention_to_last,
    full_like_rows,
)
from .fusion import Fusion, Gate
from .merging import merged, merged_bias


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

    def residual(self, x: Tensor, fusion: Fusion) -> Tensor:
        """What the tokens add to the visual rows before the gate. x: b q c -> b q c"""
        raise NotImplementedError

    def forward(self, x: Tensor, fusion: Fusion) -> Tensor:
        """x: b q c, the visual rows -> b q c"""
        x = torch.addcmul(x, _tensor(fusion.attn_gate, x), self.residual(x, fusion))
        return torch.addcmul(x, _tensor(fusion.dense_gate, x), self.ff(self.norm2(x)))

    def fusion(
        self, x: Tensor, tokens: Tensor, gate: Gate = 1.0, attend: Attend = attend
    ) -> Fusion:
        """The argument of `forward` with one gate for all tokens and both residuals.

        x: b q c · tokens: b n c_tokens · gate: 0..1, or a tensor that broadcasts over b q c
        """
        gate = full_like_rows(gate, x)
        attn, dense = (gate * alpha.to(x).tanh() for alpha in (self.alpha_attn, self.alpha_dense))
        return Fusion(tokens, attn, dense, attend=attend)

    def _attended(self, visual: Tensor, memory: Tensor, fusion: Fusion, bias: Any) -> Tensor:
        """Attention of visual rows to a memory that ends with the grounding tokens."""
        probe, count = fusion.probe, fusion.tokens.shape[1]

        def see(query: Tensor, key: Tensor) -> None:
            if probe is not None:
                probe(attention_to_last(query, key, self.attn.heads, count, bias))

        return self.attn(visual, memory, fusion.attend, bias, see)


class GatedSelfAttention(Fuser):
    """`gatedSA`, the kind of every published file: visual rows attend to themselves and the tokens.

    The official code attends from the tokens too and throws those rows away; here they are
    keys and values only.
    """

    def __init__(self, width: int, context: int, heads: int, ops: Any = nn) -> None:
        super().__init__(width, width, heads, ops)
        self.linear = ops.Linear(context, width)

    def residual(self, x: Tensor, fusion: Fusion) -> Tensor:
        visual, grounding = self.norm1(x), self.norm1(self.linear(fusion.tokens))
        rows, bias = visual, None
        if fusion.grid is not None:
            rows = merged(visual, fusion.grid)
            bias = merged_bias(visual, fusion.grid, others=grounding.shape[1])
        bias = _with_key_bias(bias, fusion.key_bias, rows)
        return self._attended(visual, torch.cat((rows, grounding), dim=1), fusion, bias)


class GatedSelfAttention2(GatedSelfAttention):
    """`gatedSA2`: the tokens' own rows, laid out as a square map and resized, are the residual.

    No published file has it; it never merges.
    """

    def residual(self, x: Tensor, fusion: Fusion) -> Tensor:
        visual, grounding = self.norm1(x), self.norm1(self.linear(fusion.tokens))
        memory = torch.cat((visual, grounding), dim=1)
        bias = _with_key_bias(None, fusion.key_bias, visual)
        rows = self._attended(grounding, memory, fusion, bias)
        side = _square_side(x, "visual rows")
        token_side = _square_side(fusion.tokens, "grounding tokens")
        token_map = as_map(rows, token_side, token_side)
        return as_rows(functional.interpolate(token_map, (side, side), mode="bicubic"))


class GatedCrossAttention(Fuser):
    """`gatedCA`: visual rows attend to the tokens only; no projection, no norm on the tokens."""

    def __init__(self, width: int, context: int, heads: int, ops: Any = nn) -> None:
        super().__init__(width, context, heads, ops)

    def residual(self, x: Tensor, fusion: Fusion) -> Tensor:
        visual = self.norm1(x)
        bias = _with_key_bias(None, fusion.key_bias, visual[:, :0])
        return self._attended(visual, fusion.tokens, fusion, bias)


FuserKind = Literal["gatedSA", "gatedSA2", "gatedCA"]
"""Official names (`fuser_type`); every published file is gatedSA."""

FUSERS: Mapping[FuserKind, type[Fuser]] = MappingProxyType(
    {
        "gatedSA": GatedSelfAttention,
        "gatedSA2": GatedSelfAttention2,
        "gatedCA": GatedCrossAttention,
    }
)


def _with_key_bias(bias: Tensor | None, own: Tensor | None, rows: Tensor) -> Tensor | None:
    """A bias (1 m, or none) of all keys with that of the tokens behind `rows`: b 1 m."""
    if own is None:
        return bias
    of_tokens = functional.pad(own.to(rows), (rows.shape[1], 0))[:, None]
    return of_tokens if bias is None else of_tokens + bias


def _tensor(gate: Gate, x: Tensor) -> Tensor:
    """A gate as a tensor like x, which numbers become."""
    return gate if isinstance(gate, Tensor) else x.new_tensor(gate)


def _square_side(rows: Tensor, name: str) -> int:
    side = isqrt(rows.shape[1])
    if side * side != rows.shape[1]:
        raise GligenError(
            f"gatedSA2 fuser: {rows.shape[1]} {name}, expected a square number such as 64. "
            "Use a square picture and a GLIGEN with an 8 x 8 token map."
        )
    return side
