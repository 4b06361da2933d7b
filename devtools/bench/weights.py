"""Seeded random weights in the names and sizes of the published files, made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from gligen_core.checkpoint.build import ldm_weights
from gligen_core.demo.networks import new_gligen
from gligen_core.model import GligenModel
from gligen_core.unet import UNet, UNetConfig

from ..pins import CHECKOUT

FOLDER = CHECKOUT / ".work" / "bench"
VERSION = 1  # of what is written; files of another are made anew
NOISE = 1_000_003  # so many random numbers, again and again; a prime, so that no row has another's
STRIDE = 7919  # between the places in it where tensors of neighbouring name lengths begin

# Sizes by name. "minute" has SD1.5's blocks, all 16 of them, but hardly any arithmetic.
SIZES = {
    "full": UNetConfig(depth=(1, 1, 1, 0)),
    "minute": UNetConfig(model_channels=32, depth=(1, 1, 1, 0)),
}


class Noise:
    """Weights at the speed of memory."""

    def __init__(self, dtype: torch.dtype = torch.float16) -> None:
        self._dtype = dtype
        self._numbers = torch.randn(NOISE, generator=torch.Generator().manual_seed(0)).to(dtype)

    def weight(self, name: str, shape: Sequence[int]) -> Tensor:
        """As large as keeps the size of what goes through; gates open, null features alive."""
        if not shape:
            return torch.full((), 0.7, dtype=self._dtype)  # alpha_attn, alpha_dense
        if len(shape) == 1 and name.endswith("weight"):
            return torch.ones(shape, dtype=self._dtype)
        count, start = torch.Size(shape).numel(), len(name) * STRIDE % NOISE
        rows = self._numbers.roll(start).repeat(-(-count // NOISE))[:count].reshape(shape)
        return rows * (torch.Size(shape[1:]).numel() ** -0.5 if len(shape) > 1 else 0.1)


@dataclass(frozen=True, slots=True)
class Files:
    """unet: fp16, plain LDM names · gligen_fp16, gligen_fp32: one text-box GLIGEN, twice"""

    unet: Path
    gligen_fp16: Path
    gligen_fp32: Path


def ready_files(size: str, folder: Path = FOLDER) -> Files:
    """Safetensors of that size of SIZES, written unless they are there already."""
    place = folder / f"{size}-{VERSION}"
    files = Files(
        place / "unet.safetensors",
        place / f"{size}_gligen_fp16.safetensors",
        place / f"{size}_gligen_fp32.safetensors",
    )
    place.mkdir(parents=True, exist_ok=True)
    if not files.unet.exists():
        _write(files.unet, _filled(meta_unet(size).state_dict()), torch.float16)
    for file, dtype in ((files.gligen_fp16, torch.float16), (files.gligen_fp32, torch.float32)):
        if not file.exists():
            _write(file, _filled(ldm_weights(meta_gligen(size))), dtype)
    return files


@cache
def meta_unet(size: str) -> UNet:
    """A UNet of that size without weights."""
    with torch.device("meta"):
        return UNet(SIZES[size])


@cache
def meta_gligen(size: str) -> GligenModel:
    """A text-box GLIGEN for it, without weights."""
    with torch.device("meta"):
        return new_gligen(meta_unet(size))


def _filled(shapes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    noise = Noise()
    return {name: noise.weight(name, tuple(meta.shape)) for name, meta in shapes.items()}


def _write(file: Path, weights: Mapping[str, Tensor], dtype: torch.dtype) -> None:
    """Under another name until it is whole."""
    partial = file.with_suffix(".partial")
    save_file({name: weight.to(dtype) for name, weight in weights.items()}, partial)
    partial.replace(file)
