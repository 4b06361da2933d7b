"""How each of the demo's networks is trained: its batches, its loss, and a look at the result."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from ..parts.autoencoder import Autoencoder
from ..parts.base import Base
from .autoencoder import AutoencoderRecipe, train_autoencoder
from .base import BaseRecipe, train_base
from .detector import DetectorRecipe, train_detector
from .finished import finished, keep
from .pose_reader import PoseReaderRecipe, train_pose_reader
from .settings import Settings
from .text_box import TextBoxRecipe, train_text_box


def _autoencoder(settings: Settings) -> Autoencoder:
    return finished(
        settings.folder,
        "autoencoder",
        Autoencoder,
        lambda: train_autoencoder(settings, AutoencoderRecipe()),
    )


def _base(settings: Settings) -> Base:
    return finished(
        settings.folder,
        "base",
        Base,
        lambda: train_base(settings, BaseRecipe(), _autoencoder(settings)),
    )


# In the order in which they are made. A stage goes on from its own state, and makes what it
# stands on where that is not finished.
STAGES: dict[str, Callable[[Settings], nn.Module]] = {
    "autoencoder": lambda settings: train_autoencoder(settings, AutoencoderRecipe()),
    "detector": lambda settings: train_detector(settings, DetectorRecipe()),
    "pose_reader": lambda settings: train_pose_reader(settings, PoseReaderRecipe()),
    "base": lambda settings: train_base(settings, BaseRecipe(), _autoencoder(settings)),
    "text_box": lambda settings: train_text_box(
        settings, TextBoxRecipe(), _base(settings), _autoencoder(settings)
    ),
}


def run_stage(name: str, settings: Settings) -> None:
    """Train a stage to its end and write its network's file."""
    keep(settings.folder, name, STAGES[name](settings))
