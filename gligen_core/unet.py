"""A UNet with Stable Diffusion's state-dict keys, for parity tests and for training.

In ComfyUI the host's own UNet runs; this one computes the same without a host. Source:
official `ldm/modules/diffusionmodules/openaimodel.py`, less the fusers, which sit in
`GligenModel` and come in as the `ground` function.
"""

from dataclasses import dataclass
from math import log
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .bases.blocks import BlockId, Section
from .layers.attention import Attention, FeedForward, as_map, as_rows
from .model import Ground

GROUPS = 32
MAX_PERIOD = 10_000  # of the timestep embedding


@dataclass(frozen=True, slots=True)
class UNetConfig:
    """Sizes, per level where a tuple. `depth`: transformer blocks per location, 0 for none."""

    model_channels: int = 320
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    res_blocks: tuple[int, ...] = (2, 2, 2, 2)
    depth: tuple[int, ...] = (1, 1, 1, 0)
    heads: int = 8
    context: int = 768
    in_channels: int = 4
    out_channels: int = 4
    head_width: int | None = None  # of SD2.x and SDXL: as many heads as fit, not `heads`

    def heads_of(self, channels: int) -> int:
        """Attention heads where a location is so wide."""
        return self.heads if self.head_width is None else channels // self.head_width


def no_grounding(block: BlockId, x: Tensor) -> Tensor:
    """The plain UNet."""
    return x


class ResBlock(nn.Module):
    """Two convolutions with the timestep embedding between them, and a skip."""

    def __init__(self, channels: int, out_channels: int, embedding: int) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(
            nn.GroupNorm(GROUPS, channels),
            nn.SiLU(),
            nn.Conv2d(channels, out_channels, 3, padding=1),
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, out_channels))
        # Index 2 is the official dropout, kept for the key `out_layers.3`.
        self.out_layers = nn.Sequential(
            nn.GroupNorm(GROUPS, out_channels),
            nn.SiLU(),
            nn.Identity(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1),
        )
        same = channels == out_channels
        self.skip_connection = nn.Identity() if same else nn.Conv2d(channels, out_channels, 1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """x: b c h w · embedding: b e -> b c_out h w"""
        hidden = self.in_layers(x) + self.emb_layers(embedding)[..., None, None]
        return self.skip_connection(x) + self.out_layers(hidden)


class TransformerBlock(nn.Module):
    """Self-attention, grounding, cross-attention, feed-forward; each a residual."""

    def __init__(self, width: int, context: int, heads: int) -> None:
        super().__init__()
        self.attn1 = Attention(width, width, heads)
        self.attn2 = Attention(width, context, heads)
        self.ff = FeedForward(width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x: Tensor, context: Tensor, block: BlockId, ground: Ground) -> Tensor:
        """x: b q c · context: b n c_context -> b q c"""
        rows = self.norm1(x)
        x = x + self.attn1(rows, rows)
        x = ground(block, x)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """Transformer blocks over the rows of a feature map."""

    def __init__(self, channels: int, context: int, heads: int, depth: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels, eps=1e-6)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList(
            TransformerBlock(channels, context, heads) for _ in range(depth)
        )
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, context: Tensor, location: BlockId, ground: Ground) -> Tensor:
        """x: b c h w · context: b n c_context -> b c h w"""
        rows = as_rows(self.proj_in(self.norm(x)))
        for depth, block in enumerate(self.transformer_blocks):
            rows = block(rows, context, location._replace(depth=depth), ground)
        return x + self.proj_out(as_map(rows, x.shape[2], x.shape[3]))


class Downsample(nn.Module):
    """Half the resolution by a strided convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.op(x)


class Upsample(nn.Module):
    """Twice the resolution: nearest, then a convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(functional.interpolate(x, scale_factor=2, mode="nearest"))


class UNet(nn.Module):
    """Noise prediction: eps = UNet(x, t, context), grounded by `ground`."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.model_channels
        embedding = 4 * channels
        self.time_embed = nn.Sequential(
            nn.Linear(channels, embedding), nn.SiLU(), nn.Linear(embedding, embedding)
        )

        def transformer(width: int, depth: int) -> SpatialTransformer:
            return SpatialTransformer(width, config.context, config.heads_of(width), depth)

        def location(inside: int, outside: int, level: int) -> list[nn.Module]:
            parts: list[nn.Module] = [ResBlock(inside, outside, embedding)]
            if config.depth[level]:
                parts.append(transformer(outside, config.depth[level]))
            return parts

        widths = [channels * mult for mult in config.channel_mult]
        last = len(widths) - 1
        self.input_blocks = nn.ModuleList(
            [nn.ModuleList([nn.Conv2d(config.in_channels, channels, 3, padding=1)])]
        )
        skips = [channels]
        for level, width in enumerate(widths):
            for _ in range(config.res_blocks[level]):
                self.input_blocks.append(nn.ModuleList(location(channels, width, level)))
                channels = width
                skips.append(channels)
            if level < last:
                self.input_blocks.append(nn.ModuleList([Downsample(channels)]))
                skips.append(channels)

        self.middle_block = nn.ModuleList(
            [
                ResBlock(channels, channels, embedding),
                transformer(channels, max(config.depth[last], 1)),
                ResBlock(channels, channels, embedding),
            ]
        )

        self.output_blocks = nn.ModuleList()
        for level in reversed(range(len(widths))):
            for repeat in range(config.res_blocks[level] + 1):
                parts = location(channels + skips.pop(), widths[level], level)
                channels = widths[level]
                if level and repeat == config.res_blocks[level]:
                    parts.append(Upsample(channels))
                self.output_blocks.append(nn.ModuleList(parts))

        self.out = nn.Sequential(
            nn.GroupNorm(GROUPS, channels),
            nn.SiLU(),
            nn.Conv2d(channels, config.out_channels, 3, padding=1),
        )

    def forward(
        self, x: Tensor, timesteps: Tensor, context: Tensor, ground: Ground = no_grounding
    ) -> Tensor:
        """x: b c h w · timesteps: b in 0..999 · context: b n c_context -> eps: b 4 h w"""
        embedding = self.time_embed(
            timestep_embedding(timesteps, self.config.model_channels).to(x.dtype)
        )
        skips: list[Tensor] = []
        for index, parts in enumerate(self.input_blocks):
            x = _run(parts, x, embedding, context, BlockId("input", index), ground)
            skips.append(x)
        x = _run(self.middle_block, x, embedding, context, BlockId("middle", 0), ground)
        for index, parts in enumerate(self.output_blocks):
            x = torch.cat((x, skips.pop()), dim=1)
            x = _run(parts, x, embedding, context, BlockId("output", index), ground)
        return self.out(x)


def transformer_widths(unet: UNet) -> dict[BlockId, int]:
    """The width of each transformer block of a UNet, which is its fuser's."""
    locations: list[tuple[Section, int, Any]] = [
        *(("input", index, parts) for index, parts in enumerate(unet.input_blocks)),
        ("middle", 0, unet.middle_block),
        *(("output", index, parts) for index, parts in enumerate(unet.output_blocks)),
    ]
    return {
        BlockId(section, index, depth): part.proj_in.out_channels
        for section, index, parts in locations
        for part in parts
        if isinstance(part, SpatialTransformer)
        for depth in range(len(part.transformer_blocks))
    }


def timestep_embedding(timesteps: Tensor, width: int) -> Tensor:
    """timesteps: b -> b width: cosines, then sines, of t / 10000^(i / half)."""
    half = width // 2
    frequencies = torch.exp(
        -log(MAX_PERIOD) * torch.arange(half, device=timesteps.device, dtype=torch.float32) / half
    )
    angles = timesteps.float()[:, None] * frequencies
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


def _run(
    parts: Any, x: Tensor, embedding: Tensor, context: Tensor, location: BlockId, ground: Ground
) -> Tensor:
    for part in parts:
        if isinstance(part, ResBlock):
            x = part(x, embedding)
        elif isinstance(part, SpatialTransformer):
            x = part(x, context, location, ground)
        else:
            x = part(x)
    return x
