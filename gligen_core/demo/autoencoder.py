"""The demo's autoencoder: 8 x 8 pixels to a latent cell of four numbers, and back.

Far simpler than SD's: the encoder averages colours and learns the cover (`latents.py`), the
decoder redraws sharp shapes from both. No normalisation, so any size of picture works alike.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .latents import MEAN, PIXELS, SCALE, SPREAD, channels

WIDTH = 64


class Residual(nn.Module):
    """x + two convolutions."""

    def __init__(self, width: int, ops: Any = nn) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            ops.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            ops.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class Autoencoder(nn.Module):
    """Pictures in -1..1 and SD-scaled latents, as the host's VAE class calls its network."""

    def __init__(self, ops: Any = nn) -> None:
        super().__init__()
        self.cover = nn.Sequential(
            ops.Conv2d(3 * PIXELS**2, WIDTH, 1),
            nn.SiLU(),
            ops.Conv2d(WIDTH, WIDTH, 3, padding=1),
            nn.SiLU(),
            ops.Conv2d(WIDTH, 1, 1),
        )
        self.decoder = nn.Sequential(
            ops.Conv2d(4, WIDTH, 3, padding=1),
            *(Residual(WIDTH, ops) for _ in range(4)),
            ops.Conv2d(WIDTH, 4 * WIDTH // 2, 3, padding=1),
            nn.PixelShuffle(2),
            *(Residual(WIDTH // 2, ops) for _ in range(2)),
            ops.Conv2d(WIDTH // 2, 3 * 16, 3, padding=1),
            nn.PixelShuffle(4),
        )

    def encode(self, picture: Tensor) -> Tensor:
        """picture: b 3 h w in -1..1 (h, w multiples of 8) -> latents: b 4 h/8 w/8"""
        colours = functional.avg_pool2d(picture, PIXELS) / 2 + 0.5
        cover = self.cover(functional.pixel_unshuffle(picture, PIXELS))
        means = torch.cat((colours, cover), dim=1)
        return (means - channels(MEAN, means)) / channels(SPREAD, means) / SCALE

    def decode(self, latents: Tensor) -> Tensor:
        """latents: b 4 h w -> picture: b 3 8h 8w, about -1..1"""
        return self.decoder(latents * SCALE)
