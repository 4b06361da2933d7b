"""Repeated measurements in three numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the quartiles around it. count: measurements"""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """values: at least one; a single one is its own quartiles"""
        alone = len(values) == 1
        low, _, high = quantiles([*values] * (1 + alone), n=4, method="inclusive")
        return cls(median(values), low, high, len(values))

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f} to {self.high:.3f})"


def ratios(values: Sequence[float], base: Sequence[float]) -> Spread:
    """value / base, round by round: what slows a whole round down falls out."""
    return Spread.of([value / plain for value, plain in zip(values, base, strict=True)])
