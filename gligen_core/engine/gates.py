"""Per-block gate values of one sampling run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from ..bases.blocks import BlockId
from ..model import GligenModel
from .approximations import Shortcuts
from .attachment import Gate
from .step import StepInfo


class Row(NamedTuple):
    """What one conditioning brings into a run. grounded: it names objects, not just none."""

    gate: Gate
    grounded: bool


class StepGates(NamedTuple):
    """Gate values of one step, per gate and block, on the CPU: which rows act is known at once.

    acting: blocks whose fuser acts in the step · values: of each gate, in the network's order of
    blocks
    """

    acting: frozenset[BlockId]
    values: Mapping[Gate, tuple[float, ...]]

    def row(self, gate: Gate) -> Tensor:
        """1 block, on the CPU"""
        return torch.tensor([self.values[gate]])


class BlockGates:
    """The gates of a run's steps."""

    def __init__(self, network: GligenModel, shortcuts: Shortcuts) -> None:
        self._blocks = network.blocks
        strengths = network.alphas().abs().amax(dim=1).tolist()
        self._skipped = shortcuts.skipped(dict(zip(network.blocks, strengths, strict=True)))

    def at(self, now: StepInfo, rows: Iterable[tuple[Row, bool]]) -> StepGates:
        """The values at a step. rows: of all conditionings, and whether each is evaluated now."""
        rows = tuple(rows)
        values = {row.gate: self._values(row.gate, now) for row, _ in rows}
        opened = [values[row.gate] for row, runs in rows if row.grounded and runs]
        acting = frozenset(
            block for block, *of_rows in zip(self._blocks, *opened, strict=True) if any(of_rows)
        )
        return StepGates(acting, values)

    def _values(self, gate: Gate, now: StepInfo) -> tuple[float, ...]:
        return tuple(
            0.0 if block in self._skipped else gate.at(now, block) for block in self._blocks
        )
