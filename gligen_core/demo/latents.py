"""What the demo's four latent channels mean: mean red, green, blue and cover of 8 x 8 pixels.

The autoencoder is taught these latents, so that the UNet can be trained on scenes drawn at
latent size, without an encoder in the loop.
"""

import torch
from torch import Tensor
from torch.nn import functional

from .shapes import Scenes, draw

SCALE = 0.18215  # SD's: the model's latents are the autoencoder's times this
MEAN = (0.82, 0.82, 0.82, 0.19)
SPREAD = (0.21, 0.21, 0.21, 0.36)
PIXELS = 8  # per latent cell and side
SAMPLES = 3  # per latent cell and side, when scenes are drawn for their latents


def latents_of(picture: Tensor, coverage: Tensor, factor: int = PIXELS) -> Tensor:
    """picture: b 3 h w, 0..1 · coverage: b 1 h w -> b 4 h/factor w/factor, in the model's scale."""
    means = functional.avg_pool2d(torch.cat((picture, coverage), dim=1), factor)
    return (means - channels(MEAN, means)) / channels(SPREAD, means)


def scene_latents(scenes: Scenes, height: int, width: int) -> Tensor:
    """Latents of scenes drawn straight at latent size: b 4 height width, in the model's scale."""
    return latents_of(*draw(scenes, height * SAMPLES, width * SAMPLES), SAMPLES)


def picture_of(latents: Tensor) -> Tensor:
    """A quick look at latents: b 4 h w -> b 3 8h 8w, 0..1, blurred."""
    colours = (latents * channels(SPREAD, latents) + channels(MEAN, latents))[:, :3]
    return functional.interpolate(colours, scale_factor=PIXELS, mode="bicubic").clamp(0, 1)


def channels(values: tuple[float, ...], like: Tensor) -> Tensor:
    """A number per channel, in the dtype and on the device of `like`: 1 c 1 1."""
    return like.new_tensor(values).view(1, -1, 1, 1)
