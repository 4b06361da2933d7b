"""Retry policy: from how well a picture obeyed to the seed and the gate of the next one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import GligenError
from ..gate.schedule import GateSchedule

MAX_SEED = 2**64 - 1  # the host's
SEED_STEP = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: seeds of a loop fall far apart
MAX_STRENGTH = 1.5  # the fusers were trained with 1; much more breaks pictures


@dataclass(frozen=True, slots=True)
class Settings:
    """Sampling settings that a retry changes.

    seed: of the noise · on: share of the steps with the gate open (0..1) · strength: of the gate
    """

    seed: int
    on: float
    strength: float

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise GligenError(f"GLIGEN_NextTry: seed {self.seed}; expected 0 to 2**64 - 1.")
        for name, value, most in (("on", self.on, 1.0), ("strength", self.strength, 2.0)):
            if not (math.isfinite(value) and 0 <= value <= most):
                raise GligenError(f"GLIGEN_NextTry: {name} {value:g}; expected 0 to {most:g}.")

    @property
    def gate(self) -> GateSchedule:
        """Open for the first `on` of the steps, then shut."""
        return GateSchedule.phases(self.on, 0.0, 1 - self.on)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Change after a wholly failed picture; one that failed in half its things gets half of it.

    longer: added to the share of open steps · stronger: added to the strength
    goal: share of things to be placed (0..1), with which the loop is done
    """

    longer: float = 0.3
    stronger: float = 0.2
    goal: float = 1.0


def retry(
    last: Settings, success: float, policy: RetryPolicy | None = None
) -> tuple[Settings, bool]:
    """Settings of the next picture, and whether the last one reached the goal, so none is needed.

    success: share of things placed (`LayoutScore.success`). Settings that reached the goal come
    back unchanged: nothing is made anew. Else a new seed, and a gate that is open longer and
    wider by as much as the last fell short.
    """
    policy = policy or RetryPolicy()
    if not 0 <= success <= 1:
        raise GligenError(
            f"GLIGEN_NextTry: success {success:g}; expected the share of things, 0 to 1."
        )
    if success >= policy.goal:
        return last, True
    shortfall = 1 - success
    strength = max(last.strength, min(last.strength + policy.stronger * shortfall, MAX_STRENGTH))
    return (
        Settings(
            seed=(last.seed + SEED_STEP) % (MAX_SEED + 1),
            on=min(last.on + policy.longer * shortfall, 1.0),
            strength=strength,
        ),
        False,
    )
