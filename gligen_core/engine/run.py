"""One GLIGEN in one run of a sampler: tokens once, gates per step, fusers per forward."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ..bases.blocks import BlockId
from ..layers.first_conv import Difference
from ..model import GligenModel
from .approximations import EXACT, MERGED_RESOLUTIONS, Shortcuts
from .attachment import Conditioned, Gate
from .extra_channels import ChannelMaker
from .forward import BlockProbe, Forward, Widening, opened
from .gates import BlockGates, Row, StepGates
from .residual_cache import ResidualCache
from .step import StepInfo
from .tokens import TokenMaker


class RunTokens(NamedTuple):
    """Of one conditioning, for the whole run.

    tokens: 1 n c, or b n c for a grounding of each picture · extra: b k h w for the first
    convolution, or None
    """

    row: Row
    tokens: Tensor
    extra: Tensor | None


class Lane:
    """One device's share of a run: its own network and cache. No other thread touches it.

    change: what the GLIGEN's first convolution differs by from the UNet's own, or None
    """

    def __init__(
        self, net: GligenModel, shortcuts: Shortcuts, change: Difference | None = None
    ) -> None:
        self.net, self._change = net, change
        self.cache = ResidualCache(shortcuts)
        self._alphas = net.alphas()
        self._merging = (
            net.at_largest(MERGED_RESOLUTIONS) if shortcuts.merge else frozenset[BlockId]()
        )
        self._indices: dict[tuple[int, ...], Tensor] = {}

    def forward(
        self,
        x: Tensor,
        tokens: Tensor,
        gates: Tensor,
        acting: frozenset[BlockId],
        batch: Hashable | None = None,
        probe: BlockProbe | None = None,
    ) -> Forward:
        """What one forward's fusers read.

        x: b 4 h w · tokens: b n c · gates: b block, on the CPU · acting: blocks of the step
        batch: what tells its rows from those of other batches; None where nothing may be reused
        probe: is shown the attention to the tokens
        """
        open_rows = [tuple(row.nonzero()[:, 0].tolist()) for row in gates.T]
        columns = {
            block: column
            for column, block in enumerate(self.net.blocks)
            if block in acting and open_rows[column]
        }
        rows = {
            block: self._index(open_rows[column], x.device)
            for block, column in columns.items()
            if len(open_rows[column]) < len(x)
        }
        openings = (gates[..., None] * self._alphas).to(x.device)
        residuals = self.cache.of(gates, batch)
        return Forward(
            self.net, tokens, gates, columns, openings, rows, self._merging, residuals, probe
        )

    def widening(
        self, extra: Tensor, gates: Tensor | None, device: torch.device
    ) -> Widening | None:
        """What the first convolution reads; None where the GLIGEN leaves it as it is.

        extra: b k h w · gates: b block, or None where no fuser acts
        """
        if self._change is None:
            return None
        rows = None if self.net.inpaint or gates is None else opened(gates).to(device)
        return Widening(self._change, extra, rows)

    def _index(self, rows: tuple[int, ...], device: torch.device) -> Tensor:
        """The numbers of rows on the device, sent there once per run."""
        if rows not in self._indices:
            self._indices[rows] = torch.tensor(rows, device=device)
        return self._indices[rows]


class Run:
    """The state of one GLIGEN in one run, from its first step to its last.

    gate: of conditionings that bring none · lanes: one per device, the first for all that is
    made once; a run on one device has one
    """

    def __init__(self, lanes: Sequence[Lane], gate: Gate, shortcuts: Shortcuts = EXACT) -> None:
        self._lanes, self._gate = lanes, gate
        self.net = lanes[0].net
        self._gates = BlockGates(self.net, shortcuts)
        self.pictures = 1

    @torch.no_grad()
    def begin(self, conds: Sequence[Conditioned], noise: Tensor) -> list[RunTokens] | None:
        """Tokens and extra channels of each conditioning; None if none of them is grounded.

        noise: b 4 h w. Nobody may go without tokens: all sides stay in one batch.
        """
        attached = [each.attachment for each in conds if each.attachment]
        grounded = [each.inputs for each in attached if not each.null]
        if not grounded:
            return None
        self.pictures = len(noise)
        tokens = TokenMaker(self.net, grounded, noise)
        channels = ChannelMaker(self.net, attached, noise)
        channels.expect(conds)
        return [self._made(each, tokens, channels) for each in conds]

    def _made(self, cond: Conditioned, tokens: TokenMaker, channels: ChannelMaker) -> RunTokens:
        attachment = cond.attachment
        own = None if attachment is None or attachment.null else attachment.inputs
        gate = (attachment and attachment.gate) or self._gate
        return RunTokens(
            Row(gate, grounded=own is not None),
            tokens.null if own is None else tokens.of(own, cond.area),
            channels.of(cond),
        )

    def step(self, now: StepInfo, rows: Iterable[tuple[Row, bool]]) -> StepGates:
        """The gates of an evaluation of all sides. rows: and whether each is evaluated now."""
        gates = self._gates.at(now, rows)
        for lane in self._lanes:
            lane.cache.begin(now if gates.acting else None)
        return gates
