"""The training objective is the official one, weighed."""

import torch

from gligen_core.sampling.noise import TRAIN_STEPS, alphas_cumprod
from gligen_core.training.objective import add_noise, signal_and_noise


def noised(noisy=0.5, batch=512):
    generator = torch.Generator().manual_seed(5)
    latents = torch.randn(batch, 4, 2, 2, generator=generator)
    return latents, add_noise(latents, generator, noisy)


def test_the_velocity_error_is_the_noise_error_over_alpha_bar():
    latents, example = noised()
    signal, spread = signal_and_noise(example.timesteps)
    noise = (example.x - signal * latents) / spread
    predicted = example.velocity + 0.1 * torch.randn_like(latents)
    # The network's velocity as a noise prediction (arXiv 2202.00512, appendix D).
    predicted_noise = spread * example.x + signal * predicted
    alpha_bar = torch.from_numpy(alphas_cumprod())[example.timesteps][:, None, None, None]
    official = (noise - predicted_noise).square() / alpha_bar
    assert torch.allclose(official, (example.velocity - predicted).square(), rtol=1e-2, atol=1e-4)


def test_timesteps_are_uniform_unless_asked_otherwise():
    timesteps = noised()[1].timesteps
    assert timesteps.min() < 5 and timesteps.max() >= TRAIN_STEPS - 5
    quarters = torch.histc(timesteps.float(), 4, 0, TRAIN_STEPS) / len(timesteps)
    assert torch.allclose(quarters, torch.full((4,), 0.25), atol=0.01)


def test_the_noisier_half_gets_its_share():
    timesteps = noised(0.8)[1].timesteps
    assert ((timesteps >= TRAIN_STEPS // 2).float().mean() - 0.8).abs() < 0.01
    assert timesteps.min() < 20 and timesteps.max() >= TRAIN_STEPS - 5
