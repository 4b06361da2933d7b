"""The gate: how strongly the fusers act at each moment of sampling and in each block.

0 means the plain model. GLIGEN (arXiv 2301.07093), section 3.3 "scheduled sampling"; the numbers
are those of `set_alpha_scale` and `alpha_generator` in the official gligen_inference.py.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..bases.blocks import SECTIONS, BlockId
from ..errors import GligenError
from ..sampling.noise import TRAIN_STEPS

Counts = Literal["steps", "timestep"]

SUM_TOLERANCE = 1e-6  # the official sum test is exact and refuses 0.7 + 0.2 + 0.1


@dataclass(frozen=True, slots=True)
class Phases:
    """The official three phases, as shares of the run: gate 1, then falling to 0, then 0."""

    on: float
    decay: float
    off: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(share) and share >= 0 for share in self.shares):
            raise GligenError(
                f"gate phases {self.shares}: each share must be a number from 0 to 1. "
                "Write for example 0.3, 0, 0.7."
            )
        if abs(sum(self.shares) - 1) > SUM_TOLERANCE:
            raise GligenError(
                f"gate phases {self.shares}: the shares add up to {sum(self.shares):g}; expected "
                f"1. With these first two, the third is {max(1 - self.on - self.decay, 0):g}."
            )

    @property
    def shares(self) -> tuple[float, float, float]:
        """(on, decay, off), which add up to 1."""
        return self.on, self.decay, self.off

    def at_step(self, step: int, steps: int) -> float:
        """The official list of alphas, entry `step`: shares are cut to whole steps by int().

        The decay runs (n - 1)/n ... 1/n, 0: it never holds a 1, and its last entry is exactly 0.
        What the cutting leaves over goes to the last phase.
        """
        on, decay = int(self.on * steps), int(self.decay * steps)
        if step < on:
            return 1.0
        if step < on + decay:
            return (on + decay - 1 - step) / decay
        return 0.0

    def at_progress(self, progress: float) -> float:
        """The same three phases without steps; an open phase of share 1 holds to the very end."""
        if progress < self.on or self.on >= 1 - SUM_TOLERANCE:
            return 1.0
        if progress < self.on + self.decay:
            return 1 - (progress - self.on) / self.decay
        return 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Straight lines between knots (progress, gate); flat before the first and after the last."""

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.knots:
            raise GligenError("gate curve: no knots; expected at least one (progress, gate).")
        for progress, gate in self.knots:
            if not (0 <= progress <= 1 and math.isfinite(gate) and gate >= 0):
                raise GligenError(
                    f"gate curve: knot ({progress:g}, {gate:g}); expected a progress of 0 to 1 "
                    "and a gate of 0 or more."
                )
        if any(a[0] > b[0] for a, b in zip(self.knots, self.knots[1:], strict=False)):
            raise GligenError(f"gate curve: knots {self.knots} run backwards. Sort by progress.")

    def at_step(self, step: int, steps: int) -> float:
        """The first step reads progress 0, the last one progress 1: both ends count."""
        return self.at_progress(step / max(steps - 1, 1))

    def at_progress(self, progress: float) -> float:
        """Two knots at one progress make a jump; its right side holds there."""
        after = bisect_right([knot[0] for knot in self.knots], progress)
        if after == 0:
            return self.knots[0][1]
        if after == len(self.knots):
            return self.knots[-1][1]
        (p0, g0), (p1, g1) = self.knots[after - 1 : after + 1]
        return g0 + (g1 - g0) * (progress - p0) / (p1 - p0)


@dataclass(frozen=True, slots=True)
class GateSchedule:
    """A shape in time, times a scale per block.

    counts: "steps" of the run's own schedule (official), or "timestep", which stays right when
    a run is split in two or starts late.
    block_scale: (place, factor) pairs. A place is a section ("output"), a location ("output.3")
    or a block ("output.3.0"); the most exact one holds. Blocks not named have factor 1.
    """

    shape: Phases | Curve
    counts: Counts = "steps"
    block_scale: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.counts not in ("steps", "timestep"):
            raise GligenError(f"gate: counts {self.counts!r}; expected 'steps' or 'timestep'.")
        for place, factor in self.block_scale:
            _check_place(place)
            if not (math.isfinite(factor) and factor >= 0):
                raise GligenError(f"gate: factor {factor:g} for {place!r}; expected 0 or more.")

    @classmethod
    def phases(cls, on: float, decay: float, off: float, counts: Counts = "steps") -> GateSchedule:
        """The official three phases: shares of the run that add up to 1."""
        return cls(Phases(on, decay, off), counts)

    @classmethod
    def constant(cls, gate: float = 1.0) -> GateSchedule:
        """The same gate from the first step to the last."""
        return cls(Curve(((0.0, gate),)))

    @classmethod
    def curve(cls, knots: Iterable[tuple[float, float]], counts: Counts = "steps") -> GateSchedule:
        """Straight lines between (progress, gate) knots, sorted by progress."""
        return cls(Curve(tuple(knots)), counts)

    def with_block_scale(self, scale: Mapping[str | BlockId, float]) -> GateSchedule:
        """The same shape in time, scaled per section, location or block."""
        return replace(self, block_scale=tuple((str(k), v) for k, v in scale.items()))

    def times_block_scale(self, scale: Mapping[str | BlockId, float]) -> GateSchedule:
        """With the factors of `scale` on top of those that there are: factors multiply."""
        more = GateSchedule(self.shape).with_block_scale(scale)
        places = dict(self.block_scale) | dict(more.block_scale)
        return replace(
            self, block_scale=tuple((p, self._factor_at(p) * more._factor_at(p)) for p in places)
        )

    def at_step(self, step: int, steps: int, block: BlockId | None = None) -> float:
        """The gate of step `step` (from 0) in a run of `steps`."""
        if not 0 <= step < steps:
            raise GligenError(f"gate: step {step} of {steps}; expected 0 to {steps - 1}.")
        return self.shape.at_step(step, steps) * self.factor(block)

    def at_progress(self, progress: float, block: BlockId | None = None) -> float:
        """The gate at a progress of 0 (pure noise) to 1 (done)."""
        return self.shape.at_progress(progress) * self.factor(block)

    def factor(self, block: BlockId | None) -> float:
        """What `block_scale` says about a block; 1 for None."""
        return 1.0 if block is None else self._factor_at(str(block))

    def _factor_at(self, place: str) -> float:
        """Of the most exact place that holds this one: "output.3" counts for "output.3.0"."""
        scale = dict(self.block_scale)
        while place and place not in scale:
            place = place.rpartition(".")[0]
        return scale.get(place, 1.0)


def progress_of_timestep(timestep: float) -> float:
    """0 at the noisiest timestep of training (999, all but), 1 at timestep 0."""
    return 1 - timestep / TRAIN_STEPS


def _check_place(place: str) -> None:
    section, *numbers = place.split(".")
    if section not in SECTIONS or len(numbers) > 2 or not all(n.isdecimal() for n in numbers):
        raise GligenError(
            f"gate: {place!r} names no place in the UNet. Write 'output', 'output.3' or "
            "'output.3.0' (input, middle or output)."
        )
