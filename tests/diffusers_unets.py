"""Diffusers' UNets with its own GLIGEN, small, of each base, with seeded random weights."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass

import torch

HEAD_WIDTH = 64  # of SD2.x and SDXL
SD_WIDTHS, XL_WIDTHS = (320, 640, 1280, 1280), (320, 640, 1280)
ATTENTION = {"text_box": "gated", "text_image_box": "gated-text-image"}
SDXL_ONLY = {
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}


@dataclass(frozen=True)
class Family:
    """A base's shape. depth: transformer blocks per location of each level, 0 for none"""

    context: int
    widths: tuple[int, ...]
    depth: tuple[int, ...]
    full: tuple[int, ...]  # widths of the published models
    full_depth: tuple[int, ...]
    fusers: int  # of the published models

    @property
    def heads(self):
        """None where their width is fixed instead."""
        return 8 if self.context == 768 else None

    def diffusers(self, widths=None, depth=None, mode="text_box", **extra):
        """The arguments of diffusers' UNet, small unless told otherwise."""
        widths, depth = widths or self.widths, depth or self.depth
        attended = [bool(blocks) for blocks in depth]
        return {
            "attention_type": ATTENTION[mode],
            "block_out_channels": list(widths),
            "down_block_types": ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attended],
            "up_block_types": ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in attended[::-1]],
            "transformer_layers_per_block": [max(blocks, 1) for blocks in depth],
            "attention_head_dim": self.heads or [max(width // HEAD_WIDTH, 1) for width in widths],
            "cross_attention_dim": self.context,
            "use_linear_projection": self.context != 768,
            **extra,
        }


FAMILIES = {
    "SD1.x": Family(768, (32, 64, 64, 64), (1, 1, 1, 0), SD_WIDTHS, (1, 1, 1, 0), 16),
    "SD2.x": Family(1024, (64, 64, 64, 64), (1, 1, 1, 0), SD_WIDTHS, (1, 1, 1, 0), 16),
    "SDXL": Family(2048, (32, 64, 64), (0, 2, 3), XL_WIDTHS, (0, 2, 10), 70),
}


def unet_class():
    """Diffusers' UNet; the first import takes seconds."""
    with warnings.catch_warnings(action="ignore"):
        from diffusers import UNet2DConditionModel
        from diffusers import logging as diffusers_logging
    diffusers_logging.set_verbosity(logging.ERROR)
    return UNet2DConditionModel


def random_unet(config, seed=0):
    """Made without the time that its own first weights take."""
    with torch.device("meta"):
        unet = unet_class()(**config)
    return randomise(unet.to_empty(device="cpu"), seed)


def randomise(module, seed=0):
    """Every weight, so that gates are open and null features count."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() > 1:
                weight.copy_(noise / weight[0].numel() ** 0.5)
            elif weight.dim() == 1 and ("norm" in name and name.endswith("weight")):
                weight.copy_(1 + 0.2 * noise)
            else:
                weight.copy_(0.5 * noise)
    return module.eval()
