"""Training of the detector, on drawings only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...training.loop import Plan, train
from ..chance import chance_of, generator_of
from ..drawings import (
    COLOUR_NAMES,
    NO_COLOUR,
    THING_NAMES,
    Items,
    canvas_at,
    items_of,
    pictures,
    random_scenes,
)
from ..parts.detector import Detector, Found, Maps, boxes_of, find, iou
from ..world.random_scene import Choice
from .settings import Settings

NEAR = 0.25  # how far around a centre cells also count a little, of the box's sides
RIGHT_IOU = 0.5


@dataclass(frozen=True, slots=True)
class DetectorRecipe:
    """softened: share of the batches that are blurred and noisy, as made pictures are"""

    steps: int = 6_000
    batch: int = 16
    rate: float = 1.5e-3
    softened: float = 0.5


@dataclass(frozen=True, slots=True)
class Batches:
    """(pictures: b 3 h w, Items) of each step."""

    recipe: DetectorRecipe
    seed: int
    batch: int
    process: int = 0

    def __call__(self, step: int) -> tuple[Tensor, Items]:
        chance = chance_of(self.seed, "detector", step, self.process)
        size = canvas_at(step)
        scenes = random_scenes(chance, self.batch, Choice(), size)
        drawn = pictures(scenes, size)
        if chance.random() < self.recipe.softened:
            generator = generator_of(self.seed, "softened", step, self.process)
            drawn = soften(drawn, chance.uniform(0, 1), chance.uniform(0, 0.12), generator)
        return drawn, items_of(scenes)


def soften(drawn: Tensor, blur: float, noise: float, generator: torch.Generator) -> Tensor:
    """blur, 0..1: of the way to the average of 3 x 3 pixels · noise: its spread"""
    smooth = functional.avg_pool2d(drawn, 3, 1, 1, count_include_pad=False)
    return drawn.lerp(smooth, blur) + noise * torch.randn(drawn.shape, generator=generator)


def new_detector() -> Detector:
    """Untrained, for the things and colours of the world."""
    return Detector(len(THING_NAMES), len(COLOUR_NAMES))


def train_detector(settings: Settings, recipe: DetectorRecipe) -> Detector:
    """Needs no other network."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network: nn.Module = new_detector().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    batches = Batches(
        recipe, settings.seed, settings.batch or recipe.batch, accelerator.process_index
    )
    plan = Plan("detector", settings.steps(recipe.steps), (recipe.rate,), settings.folder)
    return train(
        plan,
        network,
        [list(network.parameters())],
        batches,
        lambda net, batch: detector_loss(net(batch[0]), batch[1]),
        lambda average: in_words(average, settings.seed),
        accelerator,
    )  # type: ignore[return-value]


def detector_loss(maps: Maps, items: Items) -> Tensor:
    """Focal loss of the centres, IoU of the boxes and cross-entropy of the colours there."""
    target, owner = targets(items, maps.centre.shape[2:])
    mine = owner >= 0  # b h w: cells at a centre
    row = torch.arange(len(owner), device=owner.device)[:, None, None].expand_as(owner)[mine]
    slot = owner[mine]
    count = mine.sum().clamp(min=1)
    boxes = boxes_of(maps.sides).permute(0, 2, 3, 1)[mine]
    placing = (1 - iou(boxes, items.boxes[row, slot])).sum() / count
    colour = items.colour[row, slot]
    logits = maps.colour.permute(0, 2, 3, 1)[mine]
    colouring = functional.cross_entropy(
        logits, colour, ignore_index=NO_COLOUR, reduction="sum"
    ) / (colour != NO_COLOUR).sum().clamp(min=1)
    return focal(maps.centre, target) + placing + 0.3 * colouring


def focal(logits: Tensor, target: Tensor) -> Tensor:
    """CenterNet's: cells near a centre (target below 1) are blamed less. Both: b things h w"""
    sure = logits.sigmoid()
    exact = target == 1
    hits = (1 - sure) ** 2 * functional.logsigmoid(logits) * exact
    misses = (1 - target) ** 4 * sure**2 * functional.logsigmoid(-logits) * ~exact
    return -(hits + misses).sum() / exact.sum().clamp(min=1)


def targets(items: Items, cells: Any) -> tuple[Tensor, Tensor]:
    """How much each cell is the centre of each thing: b things h w, 0..1, 1 at the very cell;
    and whose centre it is: b h w, the item's slot (the front one of two) or -1."""
    height, width = cells
    batch, slots = items.present.shape
    device = items.boxes.device
    x0, y0, x1, y1 = (items.boxes * items.boxes.new_tensor((width, height, width, height))).unbind(
        -1
    )
    column, line = (
        ((low + high) / 2).long().clamp(max=most - 1)
        for low, high, most in ((x0, x1, width), (y0, y1, height))
    )
    x = torch.arange(width, device=device)[None, None, None]
    y = torch.arange(height, device=device)[None, None, :, None]
    away_x = (x - column[..., None, None]) / (NEAR * (x1 - x0)).clamp(min=0.5)[..., None, None]
    away_y = (y - line[..., None, None]) / (NEAR * (y1 - y0)).clamp(min=0.5)[..., None, None]
    nearness = (-(away_x**2 + away_y**2)).exp() * items.present[..., None, None]  # b n h w
    target = nearness.new_zeros(batch, len(THING_NAMES), height, width)
    owner = torch.full((batch, height, width), -1, device=device)
    rows = torch.arange(batch, device=device)
    for slot in range(slots):
        thing = items.thing[:, slot]
        target[rows, thing] = torch.maximum(target[rows, thing], nearness[:, slot])
        owner = torch.where(nearness[:, slot] > 0.7, slot, owner)
    return target, owner


@torch.no_grad()
def right(detector: nn.Module, seed: int, count: int = 64) -> tuple[float, float, float]:
    """On held-out drawings: shares of items found at their place, with the right thing, and with
    the right thing and colour; what is reported too much counts against all three."""
    device = next(detector.parameters()).device
    scenes = random_scenes(chance_of(seed, "held-out", -1), count, Choice(), (128, 128))
    items = items_of(scenes)
    found = [
        one
        for few in pictures(scenes, (128, 128)).split(16)
        for one in find(detector(few.to(device)))
    ]
    sums = torch.tensor([judge(one, items, row) for row, one in enumerate(found)]).sum(0)
    total, placed, named, coloured = sums.tolist()
    return placed / total, named / total, coloured / total


def judge(found: Found, items: Items, row: int) -> tuple[int, int, int, int]:
    """(items or reports, whichever is more; found in place; with the right thing; and colour)"""
    present = items.present[row]
    boxes, thing, colour = (
        values[row][present] for values in (items.boxes, items.thing, items.colour)
    )
    overlap = iou(boxes[:, None], found.boxes.cpu()[None])
    placed = named = coloured = 0
    for slot in range(len(boxes)):
        if not len(found.boxes):
            break
        best = int((overlap[slot] + 0.01 * (found.thing.cpu() == thing[slot])).argmax())
        if overlap[slot, best] < RIGHT_IOU:
            continue
        same = bool(found.thing[best] == thing[slot])
        placed += 1
        named += same
        coloured += same and int(colour[slot]) in (NO_COLOUR, int(found.colour[best]))
    return max(len(boxes), len(found.boxes)), placed, named, coloured


def in_words(detector: nn.Module, seed: int) -> str:
    """`found 97.0 %, right thing 96.1 %, and colour 95.8 %`"""
    placed, named, coloured = (100 * share for share in right(detector, seed))
    return f"found {placed:.1f} %, right thing {named:.1f} %, and colour {coloured:.1f} %"
