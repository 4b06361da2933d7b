"""The shortcut `reuse`: what fusers added at one evaluation, kept for those after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ...gligen_core.blocks import BlockId
from ...gligen_core.shortcuts import Shortcuts
from .moment import Moment
from .windows import pictures_of

Residuals = dict[BlockId, Tensor]
"""What each fuser adds to the rows in which it acts: b q c. Filled by the forward that needs it."""


@dataclass
class Kept:
    """Residuals of one batch, made at a step under these gates, and how often they have served."""

    step: int
    gates: Tensor
    residuals: Residuals = field(default_factory=dict)
    served: int = 0


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
        """Those of a forward, empty where they are due anew; None where nothing is reused.

        x: b 4 h w · gates: b block, on the CPU · options: the host's transformer options
        """
        batch = batch_of(x, options)
        if self._shortcuts.reuse == 1 or self._now is None or batch is None:
            return None
        place = batch, self._seen[batch]
        self._seen[batch] += 1
        kept = self._kept.get(place)
        if kept is None or not self._serves(kept, self._now.step, gates):
            kept = self._kept[place] = Kept(self._now.step, gates)
        kept.served += 1
        return kept.residuals

    def _serves(self, kept: Kept, step: int, gates: Tensor) -> bool:
        reuse = self._shortcuts.reuse
        fresh = kept.served < reuse and 0 <= step - kept.step < reuse
        return fresh and torch.equal(kept.gates, gates)


def batch_of(x: Tensor, options: Mapping[str, Any]) -> Hashable | None:
    """What tells the rows of one batch from those of another; None where the host does not say."""
    uuids, sides = options.get("uuids"), options.get("cond_or_uncond")
    if not uuids or not sides:
        return None
    pictures = pictures_of(options, len(x) // len(uuids))
    return tuple(uuids), tuple(sides), tuple(x.shape), pictures and tuple(pictures)
