"""Where the host's sampler stands: read off noise levels, or said by a sampler of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ..gligen_core.engine.step import StepInfo, step_info

STEP = "gligen_step"  # transformer option of `within_step`


def step_at(
    level: Tensor, sigmas: Sequence[float], model_sampling: Any, step: int | None = None
) -> StepInfo:
    """The place of an evaluation. It waits for the device once, to read the noise level.

    level: 1, its noise level · sigmas: the levels at the start of each step, and the last's end
    model_sampling: the host's, which turns levels into timesteps · step: if the sampler says it
    """
    sigma, timestep = torch.cat((level, model_sampling.timestep(level).to(level))).tolist()
    return step_info(sigma, timestep, sigmas, step)


def step_under_way(model_options: Mapping[str, Any]) -> int | None:
    """The step that a sampler says it is in, where it evaluates at another step's noise level."""
    return model_options.get("transformer_options", {}).get(STEP)


def within_step(model_options: Mapping[str, Any], step: int) -> dict[str, Any]:
    """A copy of the options that says so."""
    options = {**model_options.get("transformer_options", {}), STEP: step}
    return {**model_options, "transformer_options": options}
