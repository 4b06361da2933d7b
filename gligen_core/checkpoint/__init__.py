"""GLIGEN files: reading any of them, telling what they are, and making networks of them."""

from .build import build_gligen, ldm_weights, load_gligen
from .claims import Heads
from .detect import Detection, Fusers, describe, detect
from .read import CheckpointFile, read_checkpoint

__all__ = [
    "CheckpointFile",
    "Detection",
    "Fusers",
    "Heads",
    "build_gligen",
    "describe",
    "detect",
    "ldm_weights",
    "load_gligen",
    "read_checkpoint",
]
