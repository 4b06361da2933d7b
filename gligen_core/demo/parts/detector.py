"""The demo's detector: things, their colours and boxes in a picture, by their centres.

As CenterNet (arXiv 1904.07850): a map of how surely a thing's centre lies in each cell, and what
each cell says about the thing whose centre it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .autoencoder import Residual

CELL_PX = 4  # pixels per cell of the detector's maps
WIDTHS = (48, 96, 128)  # channels at 4, 8 and 16 pixels per cell
RARE = -4.0  # the centres' bias at the start: hardly anywhere is one
SURE = 0.3  # a centre from which a thing is reported
SAME_IOU = 0.6  # two reports that overlap so much are of one thing
MOST_FOUND = 24


class Maps(NamedTuple):
    """Per cell. centre: b things h w (logits) · sides: b 4 h w, pixels from the cell's middle to
    the box's left, top, right and bottom · colour: b colours h w (logits)"""

    centre: Tensor
    sides: Tensor
    colour: Tensor


class Found(NamedTuple):
    """One picture, the surest first. thing, colour, sureness: n · boxes: n 4, fractions"""

    thing: Tensor
    colour: Tensor
    sureness: Tensor
    boxes: Tensor


class Detector(nn.Module):
    """Pictures in -1..1, sides multiples of 16, to maps."""

    def __init__(self, things: int, colours: int, ops: Any = nn) -> None:
        super().__init__()
        fine, middle, coarse = WIDTHS
        self.stem = nn.Sequential(
            nn.PixelUnshuffle(CELL_PX),
            ops.Conv2d(3 * CELL_PX**2, fine, 3, padding=1),
            Residual(fine, ops),
        )
        self.down = nn.Sequential(
            ops.Conv2d(fine, middle, 2, stride=2), *(Residual(middle, ops) for _ in range(2))
        )
        self.bottom = nn.Sequential(
            ops.Conv2d(middle, coarse, 2, stride=2),
            *(Residual(coarse, ops) for _ in range(2)),
            ops.Conv2d(coarse, middle, 1),
        )
        self.up = nn.Sequential(Residual(middle, ops), ops.Conv2d(middle, fine, 1))
        self.head = nn.Sequential(
            Residual(fine, ops),
            nn.SiLU(),
            ops.Conv2d(fine, 2 * fine, 3, padding=1),
            nn.SiLU(),
            ops.Conv2d(2 * fine, things + 4 + colours, 1),
        )
        self.counts = (things, 4, colours)
        last: Any = self.head[-1]
        nn.init.constant_(last.bias[:things], RARE)
        nn.init.constant_(last.bias[things : things + 4], 1.5)  # sides of some cells

    def forward(self, picture: Tensor) -> Maps:
        fine = self.stem(picture)
        middle = self.down(fine)
        middle = middle + _twice(self.bottom(middle))
        centre, sides, colour = self.head(fine + _twice(self.up(middle))).split(self.counts, dim=1)
        return Maps(centre, CELL_PX * sides.clamp(max=5).exp(), colour)


def find(maps: Maps) -> list[Found]:
    """The things in each picture."""
    sureness = maps.centre.sigmoid()
    peaks = sureness * (functional.max_pool2d(sureness, 3, 1, 1) == sureness)
    boxes = boxes_of(maps.sides)
    height, width = maps.centre.shape[2:]
    result = []
    for row in range(len(peaks)):
        sure, index = peaks[row].flatten().topk(MOST_FOUND)
        thing, cell = index // (height * width), index % (height * width)
        found = Found(
            thing, maps.colour[row].flatten(1).argmax(0)[cell], sure, boxes[row].flatten(1).T[cell]
        )
        keep = (sure > SURE) & ~_repeated(found.boxes)
        result.append(Found(*(values[keep] for values in found)))
    return result


def boxes_of(sides: Tensor) -> Tensor:
    """b 4 h w pixels around each cell's middle -> b 4 h w, x0 y0 x1 y1 in fractions"""
    height, width = sides.shape[2:]
    x = (torch.arange(width, device=sides.device) + 0.5).expand(height, width) / width
    y = (torch.arange(height, device=sides.device) + 0.5)[:, None].expand(height, width) / height
    left, top, right, bottom = (sides / CELL_PX).unbind(1)
    return torch.stack(
        (x - left / width, y - top / height, x + right / width, y + bottom / height), dim=1
    )


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Of boxes ... 4 and ... 4, broadcast."""
    common = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    shared = common.clamp(min=0).prod(-1)
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (areas - shared).clamp(min=1e-6)


def _repeated(boxes: Tensor) -> Tensor:
    """Which boxes overlap a surer one too much: n"""
    return (iou(boxes[:, None], boxes[None]).tril(-1) > SAME_IOU).any(1)


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")
