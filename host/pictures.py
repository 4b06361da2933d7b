"""The host's IMAGE (b h w 3 in 0..1) and Pillow's pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_pictures(images: Tensor) -> list[Image.Image]:
    """b h w c -> b pictures, without an alpha channel"""
    levels = (images[..., :3].detach().cpu().clamp(0, 1) * 255).round().to(torch.uint8)
    return [Image.fromarray(level.numpy()) for level in levels]


def to_images(pictures: Sequence[Image.Image]) -> Tensor:
    """Pictures of one size -> b h w 3"""
    levels = np.stack([np.asarray(picture.convert("RGB")) for picture in pictures])
    return torch.from_numpy(levels).float() / 255
