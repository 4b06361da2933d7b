"""Shortcuts: less work in the fusers for a small error in the picture. None is taken unasked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from .errors import GligenError

MAX_REUSE = 8  # steps

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """What a run may leave out. The defaults leave out nothing.

    reuse: what a fuser adds is computed at one step of so many, and added again at the others
    merge: at the two largest resolutions visual keys and values are averaged 2 x 2
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

    def due(self, step: int, computed: int) -> bool:
        """Whether what was computed at an earlier step is too old for this one."""
        return not 0 <= step - computed < self.reuse

    def skipped(self, strengths: Mapping[Place, float]) -> frozenset[Place]:
        """Fusers to leave out. strengths: |tanh(alpha)| of each, the larger of its two."""
        floor = self.skip_below * max(strengths.values(), default=0.0)
        return frozenset(place for place, strength in strengths.items() if strength < floor)


EXACT = Shortcuts()
