"""How each of the demo's networks is trained: its batches, its loss, and a look at the result."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from .autoencoder import AutoencoderRecipe, train_autoencoder
from .settings import Settings

# In the order in which they are made; a finished one is read back from its state.
STAGES: dict[str, Callable[[Settings], nn.Module]] = {
    "autoencoder": lambda settings: train_autoencoder(settings, AutoencoderRecipe()),
}
