"""Inpainting: what the first convolution is told, and how the known region is kept.

Masks here are official: 1 keeps the picture, 0 is painted anew. Latents are in the model's scale.
Official gligen_inference.py (`run`) and plms.py.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from ..bases import CELL_PX
from ..errors import GligenError

INPAINTING_CHANNELS = 5  # the masked latent's 4, then the mask


def extra_channels(latent: Tensor, keep: Tensor) -> Tensor:
    """What the first convolution sees behind the noisy latent: the known latent, then the mask.

    latent: b 4 h w (the picture's) · keep: b 1 h w in 0..1, either of a batch of 1 -> b 5 h w
    """
    known = latent * keep
    return torch.cat((known, keep.expand(len(known), -1, -1, -1)), dim=1)


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


def check_pasted_size(original: Tensor, painted: Tensor, where: str) -> None:
    """GligenError unless the painted picture is the original's size, less what VAEs cut off."""
    sizes = [(image.shape[2], image.shape[1]) for image in (original, painted)]
    if any(not 0 <= one - other < CELL_PX for one, other in zip(*sizes, strict=True)):
        (columns, rows), (painted_columns, painted_rows) = sizes
        raise GligenError(
            f"{where}: the painted picture is {painted_columns} x {painted_rows} pixels, the "
            f"original {columns} x {rows}. Wire the picture that GLIGEN_Inpaint was given."
        )


def pasted_back(original: Tensor, painted: Tensor, mask: Tensor, feather_px: int = 0) -> Tensor:
    """The original outside the mask, untouched; the painted picture inside it.

    original: b H W 3 · painted: b h w 3, as large or, where the original's sides were cut to
    multiples of 8, its middle · mask: b h w in 0..1, 1 where it was painted
    feather_px: width of the blend; it lies inside the mask, so that nothing outside changes
    """
    height, width = painted.shape[1:3]
    top, left = (original.shape[1] - height) // 2, (original.shape[2] - width) // 2
    share = feathered(mask, feather_px)[..., None].to(painted)
    batch = max(len(original), len(painted), len(mask))
    whole = original.expand(batch, *original.shape[1:]).clone()
    middle = whole[:, top : top + height, left : left + width]
    whole[:, top : top + height, left : left + width] = middle + share * (painted - middle)
    return whole


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
