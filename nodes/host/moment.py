"""Where a sampling run stands, told from the noise level of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ...gligen_core.schedule import progress_of_timestep

TOLERANCE = 1e-4  # relative; some samplers compute a step's noise level anew and round it

STEP = "gligen_step"  # transformer option of `within_step`


@dataclass(frozen=True, slots=True)
class Moment:
    """step: from 0, of `steps` in this run · progress: 0 (pure noise) to 1, of the schedule that
    the model was trained with, whatever part of it this run covers · sigma: the noise level"""

    step: int
    steps: int
    progress: float
    sigma: float


def moment_at(level: Tensor, sigmas: Sequence[float], model_sampling: Any) -> Moment:
    """The moment of an evaluation. It waits for the device once, to read the noise level.

    level: 1, its noise level · sigmas: the levels at the start of each step, and the last's end
    model_sampling: the host's, which turns levels into timesteps
    """
    sigma, timestep = torch.cat((level, model_sampling.timestep(level).to(level))).tolist()
    progress = min(max(progress_of_timestep(timestep), 0.0), 1.0)
    return Moment(step_of(sigma, sigmas), max(len(sigmas) - 1, 1), progress, sigma)


def step_of(sigma: float, sigmas: Sequence[float]) -> int:
    """The step, from 0, that an evaluation at noise level `sigma` belongs to.

    An evaluation between two steps' levels belongs to the step under way; one at a step's own
    level, to that step. Levels may also rise, as where a picture is turned back into noise.
    """
    sign = 1 if sigmas[0] >= sigmas[-1] else -1
    slack = TOLERANCE * abs(sigma)
    begun = sum(sign * (start - sigma) >= -slack for start in sigmas[:-1])
    return max(begun - 1, 0)


def step_under_way(model_options: Mapping[str, Any]) -> int | None:
    """The step that a sampler says it is in, where it evaluates at another step's noise level."""
    return model_options.get("transformer_options", {}).get(STEP)


def within_step(model_options: Mapping[str, Any], step: int) -> dict[str, Any]:
    """A copy of the options that says so."""
    options = {**model_options.get("transformer_options", {}), STEP: step}
    return {**model_options, "transformer_options": options}
