"""The demo's autoencoder: 8 x 8 pixels to a latent cell of four numbers, and back; all learned.

No normalisation over the picture, so any size of it works alike.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SCALE = 0.18215  # SD's: the model's latents are the autoencoder's times this
CELL_PX = 8  # pixels per latent cell and side
CHANNELS = 4
WIDE, FINE = 96, 48  # channels at a cell per 8 pixels and at one per 4


class Residual(nn.Module):
    """x + two convolutions."""

    def __init__(self, width: int, ops: Any = nn) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            ops.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            ops.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(functional.silu(x))


class Autoencoder(nn.Module):
    """Pictures in -1..1 and SD-scaled latents, as the host's VAE class calls its network.

    mean, spread: of each channel of what the encoder gives, measured after its training, so that
    the model's latents have mean 0 and spread 1
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, ops: Any = nn) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(4),
            ops.Conv2d(3 * 16, FINE, 3, padding=1),
            Residual(FINE, ops),
            nn.PixelUnshuffle(2),
            ops.Conv2d(4 * FINE, WIDE, 1),
            *(Residual(WIDE, ops) for _ in range(2)),
            nn.SiLU(),
            ops.Conv2d(WIDE, CHANNELS, 3, padding=1),
        )
        self.decoder = nn.Sequential(
            ops.Conv2d(CHANNELS, WIDE, 3, padding=1),
            *(Residual(WIDE, ops) for _ in range(3)),
            ops.Conv2d(WIDE, 4 * FINE, 3, padding=1),
            nn.PixelShuffle(2),
            *(Residual(FINE, ops) for _ in range(2)),
            nn.SiLU(),
            ops.Conv2d(FINE, 3 * 16, 3, padding=1),
            nn.PixelShuffle(4),
        )
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("spread", torch.ones(CHANNELS))

    def encode(self, picture: Tensor) -> Tensor:
        """picture: b 3 h w in -1..1 (h, w multiples of 8) -> latents: b 4 h/8 w/8"""
        return self.latents(picture) / SCALE

    def decode(self, latents: Tensor) -> Tensor:
        """latents: b 4 h w -> picture: b 3 8h 8w, about -1..1"""
        return self.picture(latents * SCALE)

    def latents(self, picture: Tensor) -> Tensor:
        """As `encode`, in the model's scale."""
        codes = self.encoder(picture)
        return (codes - _channels(self.mean, codes)) / _channels(self.spread, codes)

    def picture(self, latents: Tensor) -> Tensor:
        """As `decode`, from the model's scale."""
        return self.decoder(
            latents * _channels(self.spread, latents) + _channels(self.mean, latents)
        )


def _channels(values: Tensor, like: Tensor) -> Tensor:
    return values.to(like).view(1, -1, 1, 1)
