"""The noise objective of Stable Diffusion and GLIGEN, for a network that predicts velocity.

The official loss is the mean of (eps - eps_hat)^2. At high noise, where a picture's layout is
decided, it hardly feels the picture: eps is nearly the network's own input. Weighed by
1 / alpha_bar it is the error of the velocity v = sqrt(a) eps - sqrt(1 - a) x_0 exactly
(Salimans and Ho, arXiv 2202.00512, appendix D), and a small network predicts v far better.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..sampling.noise import TRAIN_STEPS, alphas_cumprod


@dataclass(frozen=True, slots=True)
class Noised:
    """Latents on their way: x: b c h w · timesteps: b in 0..999 · velocity: b c h w (target)"""

    x: Tensor
    timesteps: Tensor
    velocity: Tensor


def add_noise(
    latents: Tensor, generator: torch.Generator | None = None, noisy: float = 0.5
) -> Noised:
    """Noise each of b latents to a random timestep. latents: b c h w, in the model's scale.

    noisy: share of the timesteps that fall in the noisier half of the schedule; 0.5 is uniform,
    as the official trainer draws them
    """
    batch = len(latents)
    # One draw in each of b equal parts of 0..1: less variance than b free draws.
    part = torch.randperm(batch, generator=generator) + torch.rand(batch, generator=generator)
    share = part / batch
    early, late = share / (1 - noisy) / 2, 1 - (1 - share) / noisy / 2
    progress = torch.where(share < 1 - noisy, early, late)
    timesteps = (progress * TRAIN_STEPS).long().clamp(max=TRAIN_STEPS - 1).to(latents.device)
    noise = torch.randn(latents.shape, generator=generator).to(latents.device)
    signal, spread = signal_and_noise(timesteps)
    return Noised(signal * latents + spread * noise, timesteps, signal * noise - spread * latents)


def signal_and_noise(timesteps: Tensor) -> tuple[Tensor, Tensor]:
    """sqrt(alpha_bar) and sqrt(1 - alpha_bar) of each timestep: b 1 1 1 each."""
    alpha_bar = torch.from_numpy(alphas_cumprod()).to(timesteps.device)[timesteps]
    alpha_bar = alpha_bar[:, None, None, None]
    return alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
