"""Looks at a network in training: a sheet of pictures, and how many things it gets right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from ...modalities.text_box import TextBoxInputs
from ..chance import chance_of, generator_of
from ..drawings import Items, items_of, pictures, random_scenes
from ..parts.autoencoder import CELL_PX, Autoencoder
from ..parts.detector import Detector, find
from ..sampling import Predict, sample
from ..words import tokenize
from ..world.random_scene import Choice
from ..world.scene import Scene
from .bank import BACKGROUND_NAMES
from .detector import judge, new_detector

SIZE = (128, 128)
COUNT, STEPS, GUIDANCE = 16, 16, 3.0
GAP_PX = 4


@dataclass(frozen=True, slots=True)
class LookScenes:
    """Scenes that are never learned from. background: rows of BACKGROUND_NAMES"""

    scenes: list[Scene]
    items: Items
    background: Tensor


@lru_cache(maxsize=4)
def look_scenes(choice: Choice, count: int = COUNT) -> LookScenes:
    scenes = random_scenes(chance_of(0, "look", -1), count, choice, SIZE)
    background = torch.tensor([BACKGROUND_NAMES.index(scene.background) for scene in scenes])
    return LookScenes(scenes, items_of(scenes), background)


def guided(
    network: nn.Module, tokens: Tensor, scale: float, inputs: TextBoxInputs | None = None
) -> Predict:
    """Classifier-free guidance: empty caption and null grounding on the other side."""
    nothing = tokenize([""] * len(tokens)).to(tokens.device)
    empty = inputs and TextBoxInputs(inputs.boxes, torch.zeros_like(inputs.present), inputs.text)

    def predict(x: Tensor, timesteps: Tensor) -> Tensor:
        conditional, unconditional = (
            network(x, timesteps, text, *([grounding] if grounding else []))
            for text, grounding in ((tokens, inputs), (nothing, empty))
        )
        return unconditional + scale * (conditional - unconditional)

    return predict


def make(predict: Predict, autoencoder: Autoencoder, count: int, device: torch.device) -> Tensor:
    """Pictures b 3 h w in -1..1 from the look's own noise."""
    cells = tuple(side // CELL_PX for side in SIZE)
    noise = torch.randn(count, 4, *cells, generator=generator_of(0, "look", -1))
    latents = sample(predict, noise.to(device), STEPS)
    return autoencoder.picture(latents.cpu()).clamp(-1, 1).detach()


@torch.no_grad()
def shares(made: Tensor, items: Items, folder: Path) -> str:
    """`found 80 %, thing 70 %, colour 65 %` by the folder's finished detector; "" before it is."""
    file = folder / "detector.safetensors"
    if not file.exists():
        return ""
    detector: Detector = new_detector()
    detector.load_state_dict(load_file(file))
    counts = [judge(one, items, row) for row, one in enumerate(find(detector(made)))]
    total, placed, named, coloured = (sum(column) for column in zip(*counts, strict=True))
    return f"found {placed / total:.0%}, thing {named / total:.0%}, colour {coloured / total:.0%}"


def save_sheet(file: Path, scenes: Sequence[Scene], *rows: Tensor) -> None:
    """One PNG: the drawings on top, below them what was made of each. rows: b 3 h w in -1..1"""
    tall = [torch.cat(tuple(row), dim=2) for row in (pictures(scenes, SIZE), *rows)]
    sheet = ((torch.cat(tall, dim=1) / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet.permute(1, 2, 0).numpy()).save(file)
