"""Stable Diffusion's noise schedule, and the timesteps that the official samplers visit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError

TRAIN_STEPS = 1000  # timesteps of Stable Diffusion's noise schedule
LINEAR_START = 0.00085  # beta of the first timestep; SD's "scaled linear" schedule
LINEAR_END = 0.012  # beta of the last


def alphas_cumprod(
    linear_start: float = LINEAR_START, linear_end: float = LINEAR_END, steps: int = TRAIN_STEPS
) -> NDArray[np.float32]:
    """alpha_bar of each timestep, falling from nearly 1; computed in float64, kept in float32.

    beta = linspace(sqrt(start), sqrt(end))^2, alpha_bar = cumprod(1 - beta)
    (official ldm/modules/diffusionmodules/util.py, make_beta_schedule).
    """
    betas = np.linspace(linear_start**0.5, linear_end**0.5, steps, dtype=np.float64) ** 2
    return np.cumprod(1 - betas).astype(np.float32)


def sampling_timesteps(count: int, train_steps: int = TRAIN_STEPS) -> NDArray[np.int64]:
    """The timesteps of an official PLMS or DDIM run, in the order visited: falling to 1.

    They are 1, 1 + c, 1 + 2c, ... with c = 1000 // count, so there may be more of them than asked
    for: 30 gives 31. Counts whose last one is 1000, such as 3 or 999, lie outside the schedule.
    """
    if not 1 <= count <= train_steps:
        raise GligenError(f"{count} sampling steps; expected 1 to {train_steps}.")
    timesteps = np.arange(0, train_steps, train_steps // count, dtype=np.int64) + 1
    if timesteps[-1] >= train_steps:
        raise GligenError(
            f"{count} sampling steps: the official rule then starts at timestep {timesteps[-1]}, "
            f"past the last one, {train_steps - 1}. Take another number of steps."
        )
    return timesteps[::-1].copy()
