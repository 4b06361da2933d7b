"""The demo's weights as files: the base in one, each GLIGEN in its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..checkpoint.build import ldm_weights
from ..errors import GligenError
from ..model import GligenModel
from .autoencoder import Autoencoder
from .networks import UNET, Base

FOLDER = Path(__file__).parent / "weights"
BASE_FILE = "demo_base.safetensors"
TEXT_BOX_FILE = "demo_gligen_text_box.safetensors"
PARTS = ("unet", "text_encoder", "autoencoder")  # prefixes of the keys in BASE_FILE
STORED = torch.float16


@dataclass(frozen=True, slots=True)
class DemoWeights:
    """State dicts of the base, float32."""

    unet: dict[str, Tensor]
    text_encoder: dict[str, Tensor]
    autoencoder: dict[str, Tensor]


def load_demo(folder: Path = FOLDER) -> DemoWeights:
    """Read the base. Errors: GligenError where the file is missing or lacks a part."""
    path = folder / BASE_FILE
    if not path.is_file():
        raise GligenError(
            f"{path}: no such file. It comes with the pack; install the pack anew, or train it: "
            "python -m gligen_core.demo train"
        )
    weights = load_file(path)
    parts = {
        part: {
            key.removeprefix(f"{part}."): tensor.float()
            for key, tensor in weights.items()
            if key.startswith(f"{part}.")
        }
        for part in PARTS
    }
    missing = [part for part, tensors in parts.items() if not tensors]
    if missing:
        raise GligenError(
            f"{path}: no weights of {', '.join(missing)} in it; expected keys that start with "
            f"{', '.join(f'{part}.' for part in PARTS)}. Install the pack anew."
        )
    return DemoWeights(**parts)


def save_base(base: Base, autoencoder: Autoencoder, folder: Path = FOLDER) -> Path:
    """Write the base as float16; returns the file."""
    networks = {
        "unet": base.unet,
        "text_encoder": base.text_encoder,
        "autoencoder": autoencoder,
    }
    tensors = {
        f"{part}.{key}": tensor
        for part, network in networks.items()
        for key, tensor in network.state_dict().items()
    }
    return _save(tensors, folder / BASE_FILE, {})


def save_gligen(gligen: GligenModel, folder: Path = FOLDER) -> Path:
    """Write a GLIGEN as the pruned safetensors that Load GLIGEN reads; returns the file."""
    metadata = {
        "gligen.mode": gligen.modality.name,
        "gligen.heads": str(UNET.heads),
        "gligen.base": "demo",
    }
    return _save(ldm_weights(gligen), folder / TEXT_BOX_FILE, metadata)


def _save(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {key: tensor.detach().cpu().to(STORED).contiguous() for key, tensor in tensors.items()},
        path,
        metadata,
    )
    return path
