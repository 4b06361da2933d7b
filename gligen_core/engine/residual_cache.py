"""Residual cache: what fusers added at one evaluation, added again at those after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from ..bases.blocks import BlockId
from .approximations import EXTRAPOLATION, Shortcuts
from .step import StepInfo


class Residuals(NamedTuple):
    """What fusers add to the rows in which they act, for one forward: b q c each.

    latest: when they last ran; the forward that finds one missing fills it in
    earlier: when they ran before that · ahead: 0-dim, how far to go on, in ways from there to here
    """

    latest: dict[BlockId, Tensor]
    earlier: Mapping[BlockId, Tensor]
    ahead: Tensor

    def at(self, block: BlockId) -> Tensor | None:
        """On the line through both, a little ahead; None where the fuser is to run."""
        latest, earlier = self.latest.get(block), self.earlier.get(block)
        if latest is None or earlier is None:
            return latest
        return latest + self.ahead * (latest - earlier)


@dataclass
class Kept:
    """Of one batch: made at a step under these gates, to serve so many evaluations.

    span: evaluations from `earlier` to `latest` · served: evaluations so far
    """

    step: int
    gates: Tensor
    interval: int
    earlier: Mapping[BlockId, Tensor] = field(default_factory=dict)
    span: int = 1
    latest: dict[BlockId, Tensor] = field(default_factory=dict)
    served: int = 0

    def ahead(self) -> Tensor:
        return torch.tensor(EXTRAPOLATION * self.served / self.span)


class ResidualCache:
    """The residuals of a run.

    They belong to the rows of one batch: the same conditionings, pictures and size, and, where a
    noise level has several evaluations of those, as of tiles, the same one in their order.
    """

    def __init__(self, shortcuts: Shortcuts) -> None:
        self._shortcuts = shortcuts
        self._kept: dict[Hashable, Kept] = {}
        self._seen: Counter[Hashable] = Counter()  # batches at this noise level
        self._now: StepInfo | None = None

    def begin(self, now: StepInfo | None) -> None:
        """An evaluation of all sides begins; None where nothing is grounded in it."""
        if now is None:
            self._kept.clear()
        elif self._now is None or now.sigma != self._now.sigma:
            self._seen.clear()
        self._now = now

    def of(self, gates: Tensor, batch: Hashable | None) -> Residuals | None:
        """Those of a forward; None where nothing is reused.

        gates: b block, on the CPU · batch: tells its rows from those of others; None: not known
        """
        if self._shortcuts.reuse == 1 or self._now is None or batch is None:
            return None
        place = batch, self._seen[batch]
        self._seen[batch] += 1
        kept = self._kept[place] = self._current(self._kept.get(place), self._now, gates)
        residuals = Residuals(kept.latest, kept.earlier, kept.ahead())
        kept.served += 1
        return residuals

    def _current(self, kept: Kept | None, now: StepInfo, gates: Tensor) -> Kept:
        """What was kept, while it serves; else new, to go on from it if it is near enough."""
        new = Kept(now.step, gates, self._shortcuts.interval(now.step / now.steps))
        if kept is None or not torch.equal(kept.gates, gates):
            return new
        passed = now.step - kept.step
        if kept.served < kept.interval and 0 <= passed < kept.interval:
            return kept
        if 0 <= passed <= kept.interval:
            new.earlier, new.span = kept.latest, kept.served
        return new
