"""Where a run stands at one evaluation of the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..gate.schedule import progress_of_timestep

TOLERANCE = 1e-4  # relative; some samplers compute a step's noise level anew and round it


@dataclass(frozen=True, slots=True)
class StepInfo:
    """step: from 0, of `steps` in this run · progress: 0 (pure noise) to 1, of the schedule that
    the model was trained with, whatever part of it this run covers · sigma: the noise level"""

    step: int
    steps: int
    progress: float
    sigma: float


def step_info(
    sigma: float, timestep: float, sigmas: Sequence[float], step: int | None = None
) -> StepInfo:
    """The place of an evaluation at a noise level and its timestep (0..999).

    sigmas: the levels at the start of each step, and the last's end
    step: where the sampler says it itself, as it evaluates at another step's level
    """
    progress = min(max(progress_of_timestep(timestep), 0.0), 1.0)
    place = step_of(sigma, sigmas) if step is None else step
    return StepInfo(place, max(len(sigmas) - 1, 1), progress, sigma)


def step_of(sigma: float, sigmas: Sequence[float]) -> int:
    """The step, from 0, that an evaluation at noise level `sigma` belongs to.

    An evaluation between two steps' levels belongs to the step under way; one at a step's own
    level, to that step. Levels may also rise, as where a picture is turned back into noise.
    """
    sign = 1 if sigmas[0] >= sigmas[-1] else -1
    slack = TOLERANCE * abs(sigma)
    begun = sum(sign * (start - sigma) >= -slack for start in sigmas[:-1])
    return max(begun - 1, 0)
