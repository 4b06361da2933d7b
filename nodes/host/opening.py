"""How far the fusers of a run are open: its gates, times what they learned; and in which rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor

from ...gligen_core.bases.blocks import BlockId
from ...gligen_core.model import GligenModel
from ...gligen_core.shortcuts import MERGED_RESOLUTIONS, Shortcuts
from .fusing import Fusing
from .grounding import Gate
from .moment import Moment
from .reuse import Reuse


class Opening:
    """Of one GLIGEN in one run.

    Gates stay on the CPU, so that which rows act is known without waiting for the device; they
    go there once per forward, for all blocks together.
    """

    def __init__(self, net: GligenModel, shortcuts: Shortcuts) -> None:
        self._net = net
        self._alphas = net.alphas()
        strengths = self._alphas.abs().amax(dim=1).tolist()
        self._skipped = shortcuts.skipped(dict(zip(net.blocks, strengths, strict=True)))
        self._merging = (
            net.at_largest(MERGED_RESOLUTIONS) if shortcuts.merge else frozenset[BlockId]()
        )
        self._indices: dict[tuple[int, ...], Tensor] = {}
        self.reuse = Reuse(shortcuts)

    def gates(self, gate: Gate, moment: Moment) -> list[float]:
        """How far a gate opens each block's fuser, in the network's order of blocks."""
        return [
            0.0 if block in self._skipped else gate.at(moment, block) for block in self._net.blocks
        ]

    def fusing(
        self,
        x: Tensor,
        tokens: Tensor,
        gates: Tensor,
        acting: Collection[BlockId],
        options: Mapping[str, Any],
    ) -> Fusing:
        """What one forward's fusers read.

        x: b 4 h w · tokens: b n c · gates: b block, on the CPU · acting: blocks of the present step
        """
        open_rows = [tuple(row.nonzero()[:, 0].tolist()) for row in gates.T]
        columns = {
            block: column
            for column, block in enumerate(self._net.blocks)
            if block in acting and open_rows[column]
        }
        rows = {
            block: self._index(open_rows[column], x.device)
            for block, column in columns.items()
            if len(open_rows[column]) < len(x)
        }
        openings = (gates[..., None] * self._alphas).to(x.device)
        residuals = self.reuse.of(x, gates, options)
        return Fusing(self._net, tokens, gates, columns, openings, rows, self._merging, residuals)

    def _index(self, rows: tuple[int, ...], device: torch.device) -> Tensor:
        """The numbers of rows on the device, sent there once per run."""
        if rows not in self._indices:
            self._indices[rows] = torch.tensor(rows, device=device)
        return self._indices[rows]
