"""How each of the demo's networks is trained: its batches, its loss, and a look at the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safetensors.torch import load_file
from torch import nn

from ...errors import GligenError
from ..parts.autoencoder import Autoencoder
from ..parts.base import Base
from .autoencoder import AutoencoderRecipe, train_autoencoder
from .base import BaseRecipe, train_base
from .detector import DetectorRecipe, new_detector, train_detector
from .finished import finished, keep
from .held_out import measure
from .pose_reader import PoseReaderRecipe, train_pose_reader
from .settings import Settings
from .text_box import Grounded, TextBoxRecipe, train_text_box


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


def measured(settings: Settings) -> Iterator[str]:
    """Lines of how well the finished text box obeys held-out layouts.

    Errors: GligenError where a stage is not finished.
    """
    names = ("autoencoder", "detector", "base", "text_box")
    files = {name: settings.folder / f"{name}.safetensors" for name in names}
    missing = [name for name, file in files.items() if not file.exists()]
    if missing:
        raise GligenError(
            f"{settings.folder}: the stages {', '.join(missing)} are not finished; measuring needs "
            f"{', '.join(names)}. Train them first: the same command without --measure."
        )
    autoencoder, detector, base = Autoencoder(), new_detector(), Base()
    for name, network in (("autoencoder", autoencoder), ("detector", detector), ("base", base)):
        network.load_state_dict(load_file(files[name]))
    grounded = Grounded(base)
    grounded.gligen.load_state_dict(load_file(files["text_box"]))
    for words, obeyed in measure(grounded, autoencoder, detector):
        yield f"{words}: {obeyed}"
