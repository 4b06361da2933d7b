"""Networks of finished stages, as files in the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from accelerate import PartialState
from safetensors.torch import load_file, save_file
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def finished(
    folder: Path, name: str, build: Callable[[], Network], train: Callable[[], Network]
) -> Network:
    """Read a stage's network from its file, or train it (and write the file)."""
    file = folder / f"{name}.safetensors"
    if not file.exists():
        return keep(folder, name, train())
    network = build()
    network.load_state_dict(load_file(file))
    return network


def keep(folder: Path, name: str, network: Network) -> Network:
    """Write a finished network's file: whole or not there."""
    process = PartialState()
    if process.is_main_process:
        file = folder / f"{name}.safetensors"
        unfinished = file.with_suffix(".unfinished")
        tensors = network.state_dict().items()
        save_file({key: tensor.detach().cpu().contiguous() for key, tensor in tensors}, unfinished)
        unfinished.replace(file)
    process.wait_for_everyone()
    return network.cpu()
