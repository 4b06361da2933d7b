"""The demo's world: flat coloured shapes on a pale backdrop, drawn from a seed.

A shape fills its box, so where a shape was drawn is where its box is. The backdrop's tint
tells left from right and top from bottom: a network that draws it knows where it is.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

# name -> red green blue, 0..1
COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.86, 0.12, 0.14),
    "orange": (0.98, 0.52, 0.06),
    "yellow": (0.96, 0.86, 0.10),
    "green": (0.12, 0.62, 0.24),
    "blue": (0.12, 0.32, 0.88),
    "purple": (0.52, 0.16, 0.70),
}
SHAPES = ("circle", "square", "triangle", "diamond")
MAX_SHAPES = 4
SIDE = (0.16, 0.76)  # of a lone shape's box, in fractions of the canvas
CROWDING = 0.05  # less of the longest side for each further shape
GAP = 0.02  # between boxes
TRIES = 24  # places tried per shape before it is left out
REPEATED_COLOURS = 0.15  # of the scenes may show a colour more than once


@dataclass(frozen=True, slots=True)
class Scenes:
    """b pictures of up to n shapes each.

    boxes: b n 4 (x0 y0 x1 y1, fractions) · present: b n bool · colour, shape: b n (index)
    """

    boxes: Tensor
    present: Tensor
    colour: Tensor
    shape: Tensor


def random_scenes(
    batch: int, generator: torch.Generator, aspect: float = 1.0, most: int = MAX_SHAPES
) -> Scenes:
    """Scenes with 1 to `most` shapes whose boxes don't overlap.

    aspect: width / height of the canvas, so that shapes are as often tall as wide in pixels.
    """

    def uniform(*size: int) -> Tensor:
        return torch.rand(size, generator=generator)

    wanted = torch.randint(1, most + 1, (batch,), generator=generator)
    boxes = torch.zeros(batch, most, 4)
    present = torch.zeros(batch, most, dtype=torch.bool)
    rows = torch.arange(batch)
    for slot in range(most):
        sides = _sides(uniform(batch, TRIES, 2), wanted, aspect)
        corner = uniform(batch, TRIES, 2) * (1 - sides)
        tried = torch.cat((corner, corner + sides), dim=-1)
        free = ~_overlaps(tried, boxes, present).any(-1)
        choice = free.int().argmax(1)  # the first free place
        present[:, slot] = free[rows, choice] & (slot < wanted)
        boxes[:, slot] = tried[rows, choice] * present[:, slot, None]
    free_colour = torch.randint(len(COLOURS), (batch, most), generator=generator)
    once = uniform(batch, len(COLOURS)).argsort(1)[:, :most]
    colour = torch.where(uniform(batch, 1) < REPEATED_COLOURS, free_colour, once)
    shape = torch.randint(len(SHAPES), (batch, most), generator=generator)
    return Scenes(boxes, present, colour, shape)


def draw(scenes: Scenes, height: int, width: int) -> tuple[Tensor, Tensor]:
    """-> picture: b 3 height width, 0..1 · coverage: b 1 height width, 1 where a shape is.

    Edges are soft over about a pixel.
    """
    y = ((torch.arange(height) + 0.5) / height)[:, None]
    x = ((torch.arange(width) + 0.5) / width)[None, :]
    batch, shapes = scenes.present.shape
    picture = backdrop(height, width).expand(batch, -1, -1, -1).clone()
    coverage = torch.zeros(batch, 1, height, width)
    palette = torch.tensor(list(COLOURS.values()))
    for slot in range(shapes):
        inside = _coverage(scenes, slot, x, y, height, width)
        picture = torch.lerp(picture, palette[scenes.colour[:, slot]][..., None, None], inside)
        coverage = torch.maximum(coverage, inside)
    return picture, coverage


def backdrop(height: int, width: int) -> Tensor:
    """-> 3 height width: pale, cooler to the right, warmer and darker to the bottom."""
    y = ((torch.arange(height) + 0.5) / height)[:, None].expand(height, width)
    x = ((torch.arange(width) + 0.5) / width)[None, :].expand(height, width)
    return torch.stack((0.97 - 0.14 * x, 0.95 - 0.05 * x - 0.05 * y, 0.97 - 0.16 * y))


def _sides(fraction: Tensor, shapes: Tensor, aspect: float) -> Tensor:
    """Widths and heights of boxes: b t 2, in fractions; those along a long canvas are shorter.

    fraction: b t 2, uniform in 0..1 · shapes: b, how many the picture is to hold
    """
    low, high = SIDE
    high = high - CROWDING * (shapes[:, None, None] - 1)
    sides = low + (high - low) * fraction
    stretch = torch.tensor((max(aspect, 1.0), max(1 / aspect, 1.0)))
    return sides / stretch**0.5


def _overlaps(tried: Tensor, boxes: Tensor, present: Tensor) -> Tensor:
    """tried: b t 4 · boxes: b n 4 -> b t n"""
    a, b = tried[:, :, None], boxes[:, None]
    apart = (a[..., :2] > b[..., 2:] + GAP) | (b[..., :2] > a[..., 2:] + GAP)
    return ~apart.any(-1) & present[:, None]


def _coverage(scenes: Scenes, slot: int, x: Tensor, y: Tensor, height: int, width: int) -> Tensor:
    """How much of each pixel a shape covers: b 1 height width."""
    box = scenes.boxes[:, slot, :, None, None]
    half_width = (box[:, 2] - box[:, 0]).clamp(min=1e-3) / 2
    half_height = (box[:, 3] - box[:, 1]).clamp(min=1e-3) / 2
    u = (x - (box[:, 0] + half_width)) / half_width  # -1..1 inside the box
    v = (y - (box[:, 1] + half_height)) / half_height
    # Each shape is where its value is below 1.
    circle = (u.square() + v.square()).sqrt()
    square = torch.maximum(u.abs(), v.abs())
    triangle = torch.maximum(v, 2 * u.abs() - v)  # apex on top
    diamond = u.abs() + v.abs()
    values = torch.stack((circle, square, triangle, diamond))
    value = values[scenes.shape[:, slot], torch.arange(len(values[0]))]
    pixels = torch.minimum(half_width * width, half_height * height)  # from centre to edge
    inside = (0.5 + (1 - value) * pixels).clamp(0, 1)
    return (inside * scenes.present[:, slot, None, None])[:, None]
