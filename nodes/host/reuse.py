"""The shortcut `reuse`: what fusers added at one evaluation, added again at those after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...gligen_core.bases.blocks import BlockId
from ...gligen_core.shortcuts import EXTRAPOLATION, Shortcuts
from .moment import Moment
from .windows import pictures_of


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


class Reuse:
    """The residuals of a run.

    They belong to the rows of one batch: the same conditionings, pictures and size, and, where a
    noise level has several evaluations of those, as of tiles, the same one in their order.
    """

    def __init__(self, shortcuts: Shortcuts) -> None:
        self._shortcuts = shortcuts
        self._kept: dict[Hashable, Kept] = {}
        self._seen: Counter[Hashable] = Counter()  # batches at this noise level
        self._now: Moment | None = None

    def begin(self, moment: Moment | None) -> None:
        """An evaluation of all sides begins; None where nothing is grounded in it."""
        if moment is None:
            self._kept.clear()
        elif self._now is None or moment.sigma != self._now.sigma:
            self._seen.clear()
        self._now = moment

    def of(self, x: Tensor, gates: Tensor, options: Mapping[str, Any]) -> Residuals | None:
        """Those of a forward; None where nothing is reused.

        x: b 4 h w · gates: b block, on the CPU · options: the host's transformer options
        """
        batch = batch_of(x, options)
        if self._shortcuts.reuse == 1 or self._now is None or batch is None:
            return None
        place = batch, self._seen[batch]
        self._seen[batch] += 1
        kept = self._kept[place] = self._current(self._kept.get(place), self._now, gates)
        residuals = Residuals(kept.latest, kept.earlier, kept.ahead())
        kept.served += 1
        return residuals

    def _current(self, kept: Kept | None, now: Moment, gates: Tensor) -> Kept:
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


def batch_of(x: Tensor, options: Mapping[str, Any]) -> Hashable | None:
    """What tells the rows of one batch from those of another; None where the host does not say."""
    uuids, sides = options.get("uuids"), options.get("cond_or_uncond")
    if not uuids or not sides:
        return None
    pictures = pictures_of(options, len(x) // len(uuids))
    return tuple(uuids), tuple(sides), tuple(x.shape), pictures and tuple(pictures)
