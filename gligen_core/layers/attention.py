"""Attention and feed-forward with Stable Diffusion's parameter names, shared by UNet and fusers."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

PROBED_ROWS = 1024  # queries that a probe looks at at a time


class Attend(Protocol):
    """Multi-head scaled dot-product attention."""

    def __call__(
        self, query: Tensor, key: Tensor, value: Tensor, heads: int, bias: Tensor | None = None
    ) -> Tensor:
        """query: b q c · key, value: b n c -> b q c

        bias: 1 n or b 1 n, added before the softmax
        """
        ...


def attend(
    query: Tensor, key: Tensor, value: Tensor, heads: int, bias: Tensor | None = None
) -> Tensor:
    """PyTorch's own."""
    query, key, value = (by_head(rows, heads) for rows in (query, key, value))
    mask = bias[:, None] if bias is not None and bias.ndim == 3 else bias
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return mixed.transpose(1, 2).flatten(2)


def attention_to_last(
    query: Tensor, key: Tensor, heads: int, count: int, bias: Tensor | None = None
) -> Tensor:
    """How much each query attends to each of the last `count` keys: b h q count, float32.

    query: b q c · key: b n c · bias: as of `Attend`
    """
    query, key = by_head(query.float(), heads), by_head(key.float(), heads)
    mask = 0 if bias is None else bias.float()[:, None] if bias.ndim == 3 else bias.float()
    # So many queries at a time that a map of 64 x 64 rows does not need a square of itself.
    pieces = (
        (piece @ key.mT * key.shape[-1] ** -0.5 + mask).softmax(dim=-1)[..., -count:]
        for piece in query.split(PROBED_ROWS, dim=2)
    )
    return torch.cat(list(pieces), dim=2)


def by_head(rows: Tensor, heads: int) -> Tensor:
    """b n (h d) -> b h n d, a view"""
    return rows.unflatten(-1, (heads, -1)).transpose(1, 2)


class Attention(nn.Module):
    """Queries of one sequence over keys and values of another; no bias but on the way out."""

    def __init__(self, width: int, memory_width: int, heads: int, ops: Any = nn) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = ops.Linear(width, width, bias=False)
        self.to_k = ops.Linear(memory_width, width, bias=False)
        self.to_v = ops.Linear(memory_width, width, bias=False)
        # A list of one, because official files name the layer `to_out.0`.
        self.to_out = nn.Sequential(ops.Linear(width, width))

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        attend: Attend = attend,
        bias: Tensor | None = None,
        see: Callable[[Tensor, Tensor], None] | None = None,
    ) -> Tensor:
        """x: b q c · memory: b n c_memory · bias: as of `Attend` -> b q c

        see: is shown queries (b q c) and keys (b n c)
        """
        query, key = self.to_q(x), self.to_k(memory)
        if see is not None:
            see(query, key)
        return self.to_out(attend(query, key, self.to_v(memory), self.heads, bias))


class GatedGelu(nn.Module):
    """GEGLU: value * GELU(gate), both from one projection."""

    def __init__(self, width: int, hidden: int, ops: Any = nn) -> None:
        super().__init__()
        self.proj = ops.Linear(width, 2 * hidden)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * functional.gelu(gate)


# A C library maps what is larger anew at each use: on a CPU a fifth of the time at 64 x 64 rows.
PIECE_BYTES = 32 * 2**20


class FeedForward(nn.Module):
    """width -> 4 * width (GEGLU) -> width."""

    def __init__(self, width: int, ops: Any = nn) -> None:
        super().__init__()
        # Index 1 is the official dropout, kept so that the keys read `net.0` and `net.2`.
        self.net = nn.Sequential(
            GatedGelu(width, 4 * width, ops), nn.Identity(), ops.Linear(4 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: b q c -> b q c; on a CPU so many rows at a time that no tensor exceeds PIECE_BYTES."""
        rows = PIECE_BYTES // (8 * x.shape[-1] * x.element_size())
        if x.device.type != "cpu" or x.shape[:-1].numel() <= rows:
            return self.net(x)
        pieces = x.flatten(0, -2).split(rows)
        return torch.cat([self.net(piece) for piece in pieces]).view(x.shape)


def as_rows(feature_map: Tensor) -> Tensor:
    """b c h w -> b (h w) c"""
    return rearrange(feature_map, "b c h w -> b (h w) c")


def as_map(rows: Tensor, height: int, width: int) -> Tensor:
    """b (h w) c -> b c h w"""
    return rearrange(rows, "b (h w) c -> b c h w", h=height, w=width)


def full_like_rows(gate: float | Tensor, x: Tensor) -> float | Tensor:
    """A gate tensor in the dtype and device of `x`; a number stays a number."""
    return gate.to(x) if isinstance(gate, torch.Tensor) else gate
