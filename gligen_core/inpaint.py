"""Inpainting: what the first convolution is told, and how the known region is kept.

Masks here are official: 1 keeps the picture, 0 is painted anew. Latents are in the model's scale.
Official gligen_inference.py (`run`) and plms.py.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from .errors import GligenError

EXTRA_CHANNELS = 5  # the masked latent's 4, then the mask


def extra_channels(latent: Tensor, keep: Tensor) -> Tensor:
    """What the first convolution sees behind the noisy latent: the known latent, then the mask.

    latent: b 4 h w (the picture's) · keep: b 1 h w in 0..1 -> b 5 h w
    """
    return torch.cat((latent * keep, keep.expand(len(latent), -1, -1, -1)), dim=1)


def noised(latent: Tensor, noise: Tensor, alpha: float) -> Tensor:
    """The picture's latent at a noise level: sqrt(alpha) z + sqrt(1 - alpha) noise.

    alpha: alpha_bar, 0..1
    """
    return math.sqrt(alpha) * latent + math.sqrt(1 - alpha) * noise


def reimposed(x: Tensor, known: Tensor, keep: Tensor) -> Tensor:
    """x with the known region put back. x, known: b 4 h w, equally noisy · keep: b 1 h w"""
    return known * keep + x * (1 - keep)


def keep_of_mask(mask: Tensor, height: int, width: int) -> Tensor:
    """A painted mask as the latent's: 1 keeps.

    mask: b H W in 0..1, 1 where to paint (the host's way round) -> b 1 height width; each cell
    has the mean of its pixels, so that soft masks stay soft.
    """
    paint = functional.interpolate(mask[:, None].float(), (height, width), mode="area")
    return 1 - paint.clamp(0, 1)


def check_mask_size(mask: Tensor, height_px: int, width_px: int, where: str) -> None:
    """GligenError unless a mask b H W lies on a picture of that size."""
    rows, columns = mask.shape[-2:]
    if (rows, columns) != (height_px, width_px):
        raise GligenError(
            f"{where}: the mask is {columns} x {rows} pixels, the picture {width_px} x "
            f"{height_px}. Resize one to the other."
        )


def pasted_back(original: Tensor, painted: Tensor, mask: Tensor, feather_px: int = 0) -> Tensor:
    """The original outside the mask, untouched; the painted picture inside it.

    original, painted: b H W 3 · mask: b H W in 0..1, 1 where it was painted
    feather_px: width of the blend; it lies inside the mask, so that nothing outside changes
    """
    share = feathered(mask, feather_px)[..., None]
    return torch.lerp(original.expand_as(painted), painted, share.to(painted))


def feathered(mask: Tensor, width_px: int) -> Tensor:
    """b H W -> the mask with an edge that rises over `width_px` pixels inwards, 0 outside it."""
    if width_px <= 0:
        return mask
    inside = 1 - _spread(1 - mask, width_px)  # shrunk, so that the blur ends at the old edge
    return torch.minimum(_blurred(inside, width_px), mask)


def _spread(mask: Tensor, radius: int) -> Tensor:
    """Each pixel takes the largest value within `radius`; beyond the border nothing counts."""
    return functional.max_pool2d(mask[:, None], 2 * radius + 1, stride=1, padding=radius)[:, 0]


def _blurred(mask: Tensor, radius: int) -> Tensor:
    """Mean over a square of `radius` each way; the border goes on outwards."""
    padded = functional.pad(mask[:, None], (radius,) * 4, mode="replicate")
    return functional.avg_pool2d(padded, 2 * radius + 1, stride=1)[:, 0]
