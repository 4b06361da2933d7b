"""The demo's pose reader: the 17 joints of the person that a small picture shows.

A map of places per joint; the joint is where the map is, on average (soft argmax).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...skeletons import JOINT_COUNT
from .autoencoder import Residual

SIDE_PX = 64  # of the picture, whatever the person's aspect
MARGIN = 0.125  # around the person's box on each side, of the box's sides
CELL_PX = 4
WIDTHS = (48, 96)  # channels at 4 and 8 pixels per cell


class PoseReader(nn.Module):
    """Pictures b 3 64 64 in -1..1 of a person with MARGIN around -> joints b 17 2, 0..1 of it."""

    def __init__(self, ops: Any = nn) -> None:
        super().__init__()
        fine, coarse = WIDTHS
        self.stem = nn.Sequential(
            nn.PixelUnshuffle(CELL_PX),
            ops.Conv2d(3 * CELL_PX**2, fine, 3, padding=1),
            Residual(fine, ops),
        )
        self.down = nn.Sequential(
            ops.Conv2d(fine, coarse, 2, stride=2),
            *(Residual(coarse, ops) for _ in range(2)),
            ops.Conv2d(coarse, fine, 1),
        )
        self.head = nn.Sequential(
            Residual(fine, ops), nn.SiLU(), ops.Conv2d(fine, JOINT_COUNT, 3, padding=1)
        )

    def forward(self, picture: Tensor) -> Tensor:
        fine = self.stem(picture)
        fine = fine + functional.interpolate(self.down(fine), scale_factor=2, mode="nearest")
        places = self.head(fine)
        share = places.flatten(2).softmax(-1).view_as(places)  # b 17 h w
        middle = (torch.arange(places.shape[-1], device=places.device) + 0.5) / places.shape[-1]
        return torch.stack((share.sum(2) @ middle, share.sum(3) @ middle), dim=-1)
