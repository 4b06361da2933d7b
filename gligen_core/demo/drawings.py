"""Batches of drawings as tensors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .world.painting import picture
from .world.random_scene import Choice, random_scene
from .world.scene import Scene

# Height and width of the pictures of each step, in turn; a batch has one size.
CANVASES = ((128, 128), (128, 128), (128, 192), (128, 128), (192, 128))


def canvas_at(step: int) -> tuple[int, int]:
    """Height and width in pixels."""
    return CANVASES[step % len(CANVASES)]


def random_scenes(chance, count: int, choice: Choice, size: tuple[int, int]) -> list[Scene]:
    """size: height and width"""
    return [random_scene(chance, choice, size[1] / size[0]) for _ in range(count)]


def pictures(scenes: list[Scene], size: tuple[int, int]) -> Tensor:
    """b 3 h w in -1..1. size: height and width"""
    drawn = np.stack([np.asarray(picture(scene, *size)) for scene in scenes])
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1
