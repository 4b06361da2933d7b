"""Fourier features of coordinates: GLIGEN (arXiv 2301.07093), section 3.1.

Official `FourierEmbedder`.
"""

import torch
from torch import Tensor

FREQUENCIES = 8
TEMPERATURE = 100  # f_i = 100^(i/8); there is no factor pi (ldm/modules/diffusionmodules/util.py)


def fourier_width(coordinates: int, frequencies: int = FREQUENCIES) -> int:
    """Length of the features of a point with so many coordinates: 64 for a box, 32 for a joint."""
    return 2 * frequencies * coordinates


def fourier_features(coordinates: Tensor, frequencies: int = FREQUENCIES) -> Tensor:
    """coordinates: ... d, fractions of the canvas -> ... (2 * frequencies * d), float32.

    Order: frequency, then sin before cos, then coordinate. Always float32: 56 * x loses
    precision in half.
    """
    exponents = torch.arange(frequencies, device=coordinates.device) / frequencies
    angles = TEMPERATURE ** exponents[:, None] * coordinates.float().unsqueeze(-2)
    return torch.stack((angles.sin(), angles.cos()), dim=-2).flatten(-3)
