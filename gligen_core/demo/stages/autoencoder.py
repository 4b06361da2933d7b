"""Training of the autoencoder: drawings to latents and back."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...training.loop import Plan, train
from ..chance import chance_of
from ..drawings import canvas_at, pictures, random_scenes
from ..parts.autoencoder import CHANNELS, Autoencoder
from ..world.random_scene import Choice
from .settings import Settings

HELD_OUT = -1  # the step whose scenes are never learned from
MEASURED = 128  # drawings for the latents' mean and spread


@dataclass(frozen=True, slots=True)
class AutoencoderRecipe:
    """noise: on the codes that the decoder learns from, whose spread is about 1/2: samplers err

    coarse: share of the steps in which half-size codes must give the half-size picture. Latents
    then behave as small pictures do, which a diffusion model learns faster (EQ-VAE, 2502.09509).
    shrink: weight of the mean square of the codes, against which the noise stands
    """

    steps: int = 6_000
    batch: int = 8
    rate: float = 2e-3
    noise: float = 0.05
    coarse: float = 0.25
    shrink: float = 0.01


class Reconstruction(nn.Module):
    """The autoencoder in training."""

    def __init__(self, recipe: AutoencoderRecipe) -> None:
        super().__init__()
        self.autoencoder = Autoencoder()
        self.recipe = recipe

    def forward(self, picture: Tensor, noise: Tensor, coarse: bool) -> Tensor:
        """Error of the decoded picture, and the codes' size. noise: b 4 h/8 w/8, of spread 1"""
        codes = self.autoencoder.encoder(picture)
        shrink = self.recipe.shrink * codes.square().mean()
        if coarse:
            picture, codes, noise = (
                functional.avg_pool2d(x, 2) for x in (picture, codes, 2 * noise)
            )
        decoded = self.autoencoder.decoder(codes + self.recipe.noise * noise)
        return functional.l1_loss(decoded, picture) + functional.mse_loss(decoded, picture) + shrink


@dataclass(frozen=True, slots=True)
class Batches:
    """(picture: b 3 h w, noise: b 4 h/8 w/8, coarse) of each step."""

    recipe: AutoencoderRecipe
    seed: int
    batch: int
    process: int = 0

    def __call__(self, step: int) -> tuple[Tensor, Tensor, bool]:
        chance = chance_of(self.seed, "autoencoder", step, self.process)
        height, width = canvas_at(step)
        drawn = pictures(
            random_scenes(chance, self.batch, Choice(), (height, width)), (height, width)
        )
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        noise = torch.randn(self.batch, CHANNELS, height // 8, width // 8, generator=generator)
        return drawn, noise, step > 0 and chance.random() < self.recipe.coarse


def train_autoencoder(settings: Settings, recipe: AutoencoderRecipe) -> Autoencoder:
    """Needs no other network."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network = Reconstruction(recipe).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    batch = settings.batch or recipe.batch
    batches = Batches(recipe, settings.seed, batch, accelerator.process_index)
    plan = Plan("autoencoder", settings.steps(recipe.steps), (recipe.rate,), settings.folder)
    average = train(
        plan,
        network,
        [list(network.parameters())],
        batches,
        lambda net, batch: net(*batch),
        lambda average: f"PSNR {decibels(average.autoencoder, settings):.1f} dB",  # type: ignore[arg-type]
        accelerator,
    )
    autoencoder: Autoencoder = average.autoencoder  # type: ignore[assignment]
    measure(autoencoder, settings)
    return autoencoder


@torch.no_grad()
def decibels(autoencoder: Autoencoder, settings: Settings, count: int = 32) -> float:
    """PSNR of held-out drawings."""
    device = next(autoencoder.parameters()).device
    drawn = held_out(settings, count).to(device)
    decoded = autoencoder.picture(autoencoder.latents(drawn)).clamp(-1, 1)
    return -10 * ((decoded - drawn) / 2).square().mean().log10().item()


@torch.no_grad()
def measure(autoencoder: Autoencoder, settings: Settings) -> None:
    """Give the latents mean 0 and spread 1."""
    device = next(autoencoder.parameters()).device
    codes = autoencoder.encoder(held_out(settings, MEASURED).to(device))
    autoencoder.mean.copy_(codes.mean(dim=(0, 2, 3)))
    autoencoder.spread.copy_(codes.std(dim=(0, 2, 3)))


def held_out(settings: Settings, count: int) -> Tensor:
    """count 3 128 128"""
    chance = chance_of(settings.seed, "held-out", HELD_OUT)
    return pictures(random_scenes(chance, count, Choice(), (128, 128)), (128, 128))
