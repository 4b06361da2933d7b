"""What the layers of a GLIGEN read in one forward of the UNet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

from torch import Tensor

from ..bases.blocks import BlockId
from ..layers.attention import Attend, attend
from ..layers.first_conv import Difference
from ..layers.fusion import Fusion
from ..layers.merging import Grid
from ..model import GligenModel, Ground
from .residual_cache import Residuals

BlockProbe = Callable[[BlockId, Tensor], None]
"""Is shown, for each block, how much its visual rows attend to grounding tokens: b h q n."""


class Forward(NamedTuple):
    """What the fusers of one GLIGEN read in one forward.

    tokens: b n c · gates: b block, on the CPU · columns: the column of each block that acts
    openings: b block 2, gate * tanh(alpha) of attention and of FF
    rows: of the blocks that act in some rows only, the numbers of these
    merging: blocks that attend to merged visual rows
    residuals: what to add again; None where nothing is reused · probe: of blocks that run
    """

    net: GligenModel
    tokens: Tensor
    gates: Tensor
    columns: Mapping[BlockId, int]
    openings: Tensor
    rows: Mapping[BlockId, Tensor]
    merging: Collection[BlockId] = ()
    residuals: Residuals | None = None
    probe: BlockProbe | None = None

    def ground(self, attend: Attend = attend) -> Ground:
        """The function (block, x) -> x that the reference UNet calls; it never merges."""
        return lambda block, x: self.fused(x, block, None, attend)

    def fused(self, x: Tensor, block: BlockId, grid: Grid | None, attend: Attend) -> Tensor:
        """x: b q c, laid out on the grid -> b q c; where the gate is shut, to the bit the same."""
        if block not in self.columns:
            return x
        rows = self.rows.get(block)
        if rows is None:
            return self._fused(x, self.tokens, self.openings, block, grid, attend)
        tokens, openings = self.tokens[rows], self.openings[rows]
        return x.index_copy(0, rows, self._fused(x[rows], tokens, openings, block, grid, attend))

    def _fused(
        self,
        x: Tensor,
        tokens: Tensor,
        openings: Tensor,
        block: BlockId,
        grid: Grid | None,
        attend: Attend,
    ) -> Tensor:
        """The same for rows that all act."""
        again = self.residuals and self.residuals.at(block)
        if again is not None:
            return x + again
        fuser = self.net.fuser(block)
        assert fuser is not None
        attn, dense = openings[:, self.columns[block], :, None, None].to(x).unbind(1)
        merging = grid if block in self.merging else None
        probe = self.probe and partial(self.probe, block)
        fused = fuser(x, Fusion(tokens.to(x), attn, dense, None, merging, attend, probe))
        if self.residuals is not None:
            self.residuals.latest[block] = fused - x
        return fused


class Widening(NamedTuple):
    """What the first convolution reads in one forward for one GLIGEN.

    extra: b k h w · opened: b 1 1 1 in {0, 1}, or None where every row is open
    """

    change: Difference
    extra: Tensor
    opened: Tensor | None

    def added(self, latent: Tensor) -> Tensor:
        """What the GLIGEN's convolution gives beyond the UNet's own. latent: b 4 h w -> b c h w"""
        added = self.change.to(latent)(latent, self.extra.to(latent))
        return added if self.opened is None else self.opened.to(added) * added


def opened(gates: Tensor) -> Tensor:
    """gates: b block -> b 1 1 1: 1 for rows in which any fuser acts, 0 for those of the plain
    model, which has its own first convolution back."""
    return (gates != 0).any(dim=1).float()[:, None, None, None]
