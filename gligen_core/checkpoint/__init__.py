"""GLIGEN files: reading any, telling what it is, making a network of it, saving it smaller."""

from ..bases import Heads
from .build import build_gligen, ldm_weights, load_gligen
from .detect import Detection, Fusers, describe, detect
from .precision import Plan, plan
from .read import CheckpointFile, read_checkpoint
from .write import metadata_of, save_gligen, write_safetensors

__all__ = [
    "CheckpointFile",
    "Detection",
    "Fusers",
    "Heads",
    "Plan",
    "build_gligen",
    "describe",
    "detect",
    "ldm_weights",
    "load_gligen",
    "metadata_of",
    "plan",
    "read_checkpoint",
    "save_gligen",
    "write_safetensors",
]
