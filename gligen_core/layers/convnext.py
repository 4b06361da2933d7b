"""ConvNeXt, which looks at the maps: arXiv 2201.03545; official `convnext.py`.

Without the final norm, pooling and head; Tiny in the published files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

EPS = 1e-6
STRIDE = 32  # pixels of the map per cell of the features


@dataclass(frozen=True, slots=True)
class ConvNeXtConfig:
    """Widths and numbers of blocks, per stage; the defaults are ConvNeXt-Tiny."""

    widths: tuple[int, ...] = tuple(96 * 2**stage for stage in range(4))
    depths: tuple[int, ...] = (3, 3, 9, 3)

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "ConvNeXtConfig":
        """The sizes of a state dict."""
        blocks = {tuple(key.split(".")[1:3]) for key in weights if key.startswith("stages.")}
        stages = sorted({int(stage) for stage, _ in blocks})
        return cls(
            widths=tuple(weights[f"stages.{stage}.0.gamma"].shape[0] for stage in stages),
            depths=tuple(sum(int(s) == stage for s, _ in blocks) for stage in stages),
        )


class ChannelNorm(nn.Module):
    """Layer norm over the channels of a feature map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """x: b c h w -> b c h w"""
        rows = x.movedim(1, -1)
        weight, bias = self.weight.to(x), self.bias.to(x)
        return functional.layer_norm(rows, rows.shape[-1:], weight, bias, EPS).movedim(-1, 1)


class ConvNeXtBlock(nn.Module):
    """x + gamma * MLP(norm(depthwise(x)))"""

    def __init__(self, channels: int, ops: Any = nn) -> None:
        super().__init__()
        self.dwconv = ops.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = ops.LayerNorm(channels, eps=EPS)
        self.pwconv1 = ops.Linear(channels, 4 * channels)
        self.pwconv2 = ops.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        """x: b c h w -> b c h w"""
        rows = self.norm(self.dwconv(x).movedim(1, -1))
        rows = self.pwconv2(functional.gelu(self.pwconv1(rows)))
        return x + (self.gamma.to(x) * rows).movedim(-1, 1)


class ConvNeXt(nn.Module):
    """A picture as features of one cell per 32 x 32 pixels."""

    def __init__(self, config: ConvNeXtConfig | None = None, ops: Any = nn) -> None:
        super().__init__()
        config = config or ConvNeXtConfig()
        widths = config.widths
        self.downsample_layers = nn.ModuleList(
            [nn.Sequential(ops.Conv2d(3, widths[0], 4, stride=4), ChannelNorm(widths[0]))]
        )
        for width, next_width in pairwise(widths):
            self.downsample_layers.append(
                nn.Sequential(ChannelNorm(width), ops.Conv2d(width, next_width, 2, stride=2))
            )
        self.stages = nn.ModuleList(
            nn.Sequential(*(ConvNeXtBlock(width, ops) for _ in range(depth)))
            for width, depth in zip(widths, config.depths, strict=True)
        )

    def forward(self, picture: Tensor) -> Tensor:
        """picture: b 3 h w -> b c h/32 w/32"""
        x = picture
        for downsample, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(downsample(x))
        return x
