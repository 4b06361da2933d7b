"""Training of the pose reader, on drawings only."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ...geometry import Box
from ...training.loop import Plan, train
from ..chance import chance_of, generator_of
from ..drawings import random_scenes
from ..parts.pose_reader import MARGIN, SIDE_PX, PoseReader
from ..world.painting import joints, picture
from ..world.random_scene import Choice
from ..world.scene import PERSON, Scene
from .detector import soften
from .settings import Settings

SIZE = (128, 128)  # of the drawings that persons are cut from
SHAKE = 0.06  # a box may be off by so much of its sides, as a detector's is
RIGHT = 0.1  # of the box's sides: a joint that is so near is right
PEOPLE = Choice(most=4)  # few: persons large enough to be read


@dataclass(frozen=True, slots=True)
class PoseReaderRecipe:
    """softened: share of the batches that are blurred and noisy, as made pictures are"""

    steps: int = 5_000
    batch: int = 32
    rate: float = 1.5e-3
    softened: float = 0.5


@dataclass(frozen=True, slots=True)
class Batches:
    """(pictures: b 3 64 64, joints: b 17 2) of each step."""

    recipe: PoseReaderRecipe
    seed: int
    batch: int
    process: int = 0

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        chance = chance_of(self.seed, "pose reader", step, self.process)
        drawn, places = persons(chance, self.batch, SHAKE)
        if chance.random() < self.recipe.softened:
            generator = generator_of(self.seed, "softened", step, self.process)
            drawn = soften(drawn, chance.uniform(0, 1), chance.uniform(0, 0.12), generator)
        return drawn, places


def persons(chance: Random, count: int, shake: float) -> tuple[Tensor, Tensor]:
    """One person cut from each of `count` scenes: b 3 64 64 in -1..1, and joints b 17 2 in it."""
    cut: list[Tensor] = []
    places: list[Tensor] = []
    while len(cut) < count:
        (scene,) = random_scenes(chance, 1, PEOPLE, SIZE)
        person = next((item for item in scene.items if item.thing == PERSON), None)
        points = None if person is None else joints(person)
        if person is not None and points is not None:
            area = around(person.box, shake, chance)
            cut.append(cut_out(picture_of(scene), area))
            places.append(torch.from_numpy((points - area[:2]) / (area[2:] - area[:2])).float())
    return torch.stack(cut), torch.stack(places)


def picture_of(scene: Scene) -> Image.Image:
    return picture(scene, *SIZE)


def around(box: Box, shake: float, chance: Random) -> np.ndarray:
    """x0 y0 x1 y1 of the box with MARGIN on each side, each edge shaken."""
    sides = np.array((box.width, box.height, box.width, box.height))
    off = np.array([chance.uniform(-shake, shake) for _ in range(4)])
    return np.array(box.as_tuple()) + sides * (np.array((-1, -1, 1, 1)) * MARGIN + off)


def cut_out(image: Image.Image, area: np.ndarray) -> Tensor:
    """3 64 64 in -1..1. area: x0 y0 x1 y1 in fractions, which may reach over the edge (black)"""
    x0, y0, x1, y1 = (area * np.array((*image.size, *image.size))).tolist()
    small = image.transform(
        (SIDE_PX, SIDE_PX), Image.Transform.EXTENT, (x0, y0, x1, y1), Image.Resampling.BILINEAR
    )
    return torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1).float() / 127.5 - 1


def train_pose_reader(settings: Settings, recipe: PoseReaderRecipe) -> PoseReader:
    """Needs no other network."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network: nn.Module = PoseReader().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    batches = Batches(
        recipe, settings.seed, settings.batch or recipe.batch, accelerator.process_index
    )
    return train(
        Plan("pose_reader", settings.steps(recipe.steps), (recipe.rate,), settings.folder),
        network,
        [list(network.parameters())],
        batches,
        lambda net, batch: (net(batch[0]) - batch[1]).abs().mean(),
        lambda average: f"joints right {100 * right(average, settings.seed):.1f} %",
        accelerator,
    )  # type: ignore[return-value]


@torch.no_grad()
def right(reader: nn.Module, seed: int, count: int = 64) -> float:
    """Share of joints of held-out persons within RIGHT of the sides of the person's box."""
    device = next(reader.parameters()).device
    drawn, places = persons(chance_of(seed, "held-out persons", -1), count, 0.0)
    away = (reader(drawn.to(device)).cpu() - places) * (1 + 2 * MARGIN)  # of the box's sides
    return (away.square().sum(-1).sqrt() < RIGHT).float().mean().item()
