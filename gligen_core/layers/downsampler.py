"""Downsamplers: a map as extra channels of the latent. Official `*_grounding_downsampler.py`.

The official ones give 64 x 64; these give whatever size the latent has, the same at 64 x 64.
"""

from typing import Any

from torch import Tensor, nn
from torch.nn import functional

SCALE = 4  # the strided convolutions start from 4 times the latent's size


class PictureDownsampler(nn.Module):
    """canny, depth (their channels are alike, the first is read) and normal."""

    def __init__(self, read: int, hidden: int, channels: int, ops: Any = nn) -> None:
        super().__init__()
        self.read = read
        self.layers = strided_convolutions(read, hidden, channels, ops)

    def forward(self, picture: Tensor, height: int, width: int) -> Tensor:
        """picture: b 3 H W in -1..1 -> b k height width"""
        return self.layers(_bicubic(picture[:, : self.read], SCALE * height, SCALE * width))


class EdgeDownsampler(nn.Module):
    """hed: the edges themselves, in the latent's size. Without parameters."""

    def forward(self, picture: Tensor, height: int, width: int) -> Tensor:
        """picture: b 3 H W in -1..1 -> b 1 height width"""
        return _bicubic(picture[:, :1], height, width)


class ClassDownsampler(nn.Module):
    """sem: one channel per class, then strided convolutions."""

    def __init__(self, classes: int, hidden: int, channels: int, ops: Any = nn) -> None:
        super().__init__()
        self.classes = classes
        self.layers = strided_convolutions(classes, hidden, channels, ops)

    def forward(self, class_map: Tensor, height: int, width: int) -> Tensor:
        """class_map: b 1 H W, class numbers -> b k height width"""
        return self.layers(one_hot(class_map, SCALE * height, SCALE * width, self.classes))


def strided_convolutions(inside: int, hidden: int, outside: int, ops: Any = nn) -> nn.Sequential:
    """b inside 4h 4w -> b outside h w"""
    return nn.Sequential(
        ops.Conv2d(inside, hidden, 4, stride=2, padding=1),
        nn.SiLU(),
        ops.Conv2d(hidden, outside, 4, stride=2, padding=1),
    )


def one_hot(class_map: Tensor, height: int, width: int, classes: int) -> Tensor:
    """class_map: b 1 H W, class numbers -> b classes height width in {0, 1}, float32; nearest."""
    sized = functional.interpolate(class_map.float(), (height, width), mode="nearest")
    return functional.one_hot(sized[:, 0].long(), classes).movedim(-1, 1).float()


def _bicubic(picture: Tensor, height: int, width: int) -> Tensor:
    """Without antialiasing and without clamping, as the official one."""
    return functional.interpolate(picture, (height, width), mode="bicubic")
