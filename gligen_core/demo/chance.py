"""Random numbers that depend on the step alone, so that a resumed run sees the same data."""

from __future__ import annotations

import random
import zlib

import torch


def chance_of(seed: int, stage: str, step: int, process: int = 0) -> random.Random:
    """For what is drawn in Python."""
    return random.Random(f"{seed} {stage} {step} {process}")


def generator_of(seed: int, stage: str, step: int, process: int = 0) -> torch.Generator:
    """For what is drawn as tensors."""
    name = f"{seed} {stage} {step} {process}"
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))
