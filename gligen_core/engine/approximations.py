"""Shortcuts: less work in the fusers for a small error in the picture. None is taken unasked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..errors import GligenError

MAX_REUSE = 8  # steps
MERGED_RESOLUTIONS = 2  # the largest; in the others attention is the smaller part
EXTRAPOLATION = 0.5  # of the way; 0 and 1 cost 6 and 3 dB on the demo model, at every second step

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """What a run may leave out. The defaults leave out nothing.

    reuse: what a fuser adds is computed at every second step, later at one of so many (1: at each)
    merge: at the largest resolutions visual keys and values are averaged 2 x 2
    skip_below: fusers weaker than this share of the strongest are left out (0..1)
    """

    reuse: int = 1
    merge: bool = False
    skip_below: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.reuse <= MAX_REUSE:
            raise GligenError(f"shortcuts: reuse {self.reuse}; expected 1 to {MAX_REUSE} steps.")
        if not (math.isfinite(self.skip_below) and 0 <= self.skip_below <= 1):
            raise GligenError(f"shortcuts: skip_below {self.skip_below:g}; expected 0 to 1.")

    def interval(self, share: float) -> int:
        """How many evaluations a residual serves that is computed at this share of the run (0..1).

        Two at the start, where the layout is decided, growing to `reuse` at the end.
        """
        return min(self.reuse, 2 + int((self.reuse - 1) * share))

    def skipped(self, strengths: Mapping[Place, float]) -> frozenset[Place]:
        """Fusers to leave out. strengths: |tanh(alpha)| of each, the larger of its two."""
        floor = self.skip_below * max(strengths.values(), default=0.0)
        return frozenset(place for place, strength in strengths.items() if strength < floor)


EXACT = Shortcuts()
