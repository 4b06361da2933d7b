"""Any file with a GLIGEN in it: its tensors under LDM names, still in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import GligenError
from .inert_pickle import PickledTensor, plain
from .keys import FUSER, RESNETS, Layout, ldm_names
from .safetensors_file import looks_like_safetensors, read_header
from .stored import StoredTensor
from .torch_file import PICKLE_START, ZIP_START, read_torch_file

SUFFIXES = (".safetensors", ".bin", ".pth", ".pt", ".ckpt")
INDEX = ".index.json"  # of a file in shards
DIFFUSERS_PART = "unet"  # a folder that holds this folder is a diffusers model
DIFFUSERS_STEM = "diffusion_pytorch_model"
CONFIG = "config.json"
PUBLISHED = "https://huggingface.co/gligen"
LFS_POINTER = b"version https://git-lfs"
DIFFUSERS_CLASS = "UNet2DConditionModel"
TRANSFORMER_PART = "transformer"  # where a diffusers folder keeps a network that is no UNet
SHARD_MARK = "-of-"  # model-00001-of-00002.safetensors
LORA_MARKS = ("lora_up", "lora_down", "lora_A", "lora_B", "lora.up", "lora.down", "lokr_", "hada_")
UNETS_ONLY = (
    "This pack grounds UNets: SD1.x, SD2.x and SDXL. Choose a GLIGEN for one of these; the "
    f"published ones are at {PUBLISHED}."
)
STATE_DICTS = ("model", "state_dict")  # where nested files keep the UNet


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """The GLIGEN part of a file, and what the file says about itself.

    tensors: by LDM name: fusers, tokenizer, downsampler, first convolution; nothing else
    metadata: of safetensors · config: the official `config_dict`, or diffusers' config.json
    layout: how the file itself names its tensors
    """

    path: Path
    tensors: Mapping[str, StoredTensor]
    metadata: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    layout: Layout = "ldm"

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tensor.shape for name, tensor in self.tensors.items()}


@dataclass(frozen=True, slots=True)
class _Contents:
    """Everything in a file, under its own names. locate: where one of the tensors lies"""

    tensors: Mapping[str, Any]
    locate: Callable[[Any], StoredTensor]
    metadata: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


def read_checkpoint(path: Path) -> CheckpointFile:
    """Find the GLIGEN in a file or a diffusers folder; no tensor is read, no code of it is run.

    Official .bin and .pth, safetensors, plain state dicts under any prefix, diffusers files and
    folders, whole or in shards. Raises GligenError: what the file is instead, and what to do.
    """
    path = _weights_file(path) if path.is_dir() else path
    contents = _shards(path) if path.name.endswith(INDEX) else _contents(path)
    config = contents.config or _config_beside(path)
    names, layout = ldm_names(contents.tensors, resnets_of(config))
    if not names:
        raise GligenError(f"{path.name}: {_without_fusers(contents.tensors)}")
    tensors = {name: contents.locate(contents.tensors[key]) for name, key in names.items()}
    return CheckpointFile(path, tensors, contents.metadata, config, layout)


def _weights_file(folder: Path) -> Path:
    """The whole file in full precision where there is one, else an index, else a variant."""
    part = folder / DIFFUSERS_PART if (folder / DIFFUSERS_PART).is_dir() else folder
    if part is folder and (folder / TRANSFORMER_PART).is_dir():
        raise GligenError(
            f"{folder.name}: a diffusers model with a diffusion transformer "
            f"('{TRANSFORMER_PART}/'). {UNETS_ONLY}"
        )
    stems = [f"{DIFFUSERS_STEM}{end}" for end in (".safetensors", ".bin")]
    usual = [part / name for name in (*stems, *(f"{stem}{INDEX}" for stem in stems))]
    others = sorted(
        file
        for file in part.iterdir()
        if file.name.endswith((*SUFFIXES, INDEX)) and SHARD_MARK not in file.name
    )
    found = next((file for file in (*usual, *others) if file.is_file()), None)
    if found is None:
        raise GligenError(
            f"{folder.name}: no weights in this folder. Expected a diffusers folder with "
            f"'{DIFFUSERS_PART}/{DIFFUSERS_STEM}.safetensors' (or .bin) in it; download it whole."
        )
    return found


def _contents(path: Path) -> _Contents:
    if not path.is_file():
        raise GligenError(f"{path}: no such file. Check the name.")
    if not path.name.lower().endswith(SUFFIXES):
        raise GligenError(
            f"{path.name}: expected a file that ends in {', '.join(SUFFIXES)}, "
            "or a diffusers folder. Choose the weights."
        )
    with path.open("rb") as file:
        start = file.read(64)
    if looks_like_safetensors(start):
        tensors, metadata = read_header(path)
        return _Contents(tensors, lambda tensor: tensor, metadata)
    if start.startswith((ZIP_START, PICKLE_START)):
        return _torch_contents(path)
    raise GligenError(f"{path.name}: {_no_weights(start)}")


def _no_weights(start: bytes) -> str:
    """What a file is that holds no tensors, and the remedy. start: its first bytes"""
    if not start:
        return "an empty file. Download it again."
    if start.startswith(LFS_POINTER):
        return (
            "a Git LFS pointer, not the weights. Run 'git lfs pull' in its repository, or "
            "download the file in the browser."
        )
    if start.lstrip().startswith(b"<"):
        return (
            "a web page, not the weights; the download was answered with an error or a login. "
            "Open the link in the browser and download the file there."
        )
    return (
        "neither safetensors nor a file of torch.save; it may be damaged, or cut short. "
        "Download it again."
    )


def _torch_contents(path: Path) -> _Contents:
    file = read_torch_file(path)
    value = file.value if isinstance(file.value, dict) else {}
    nested = (value[part] for part in STATE_DICTS if isinstance(value.get(part), dict))
    weights = next(nested, value)
    tensors = {
        str(key): tensor for key, tensor in weights.items() if isinstance(tensor, PickledTensor)
    }
    config = plain(value.get("config_dict"))
    return _Contents(tensors, file.stored, config=config if isinstance(config, dict) else {})


def _shards(index: Path) -> _Contents:
    """All shards that an index names, as one."""
    places = _json(index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise GligenError(f"{index.name}: no 'weight_map' in it. Download it again.")
    parts = {name: index.parent / Path(str(name)).name for name in set(places.values())}
    missing = sorted(file.name for file in parts.values() if not file.is_file())
    if missing:
        raise GligenError(
            f"{index.name}: of its {len(parts)} parts, {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not beside it. Download what is missing."
        )
    tensors: dict[str, StoredTensor] = {}
    metadata: dict[str, str] = {}
    for part in parts.values():
        contents = _contents(part)
        metadata |= contents.metadata
        names, _ = ldm_names(contents.tensors)
        wanted = set(names.values()) or contents.tensors.keys()
        tensors |= {key: contents.locate(contents.tensors[key]) for key in wanted}
    return _Contents(tensors, lambda tensor: tensor, metadata)


def _config_beside(path: Path) -> dict[str, Any]:
    """The config.json of a diffusers UNet, if the file lies beside one."""
    file = path.parent / CONFIG
    config = _json(file) if file.is_file() else {}
    return config if config.get("_class_name") == DIFFUSERS_CLASS else {}


def resnets_of(config: Mapping[str, Any]) -> int:
    """Residual blocks of a level, by a diffusers config; 2 where it does not say."""
    count = config.get("layers_per_block")
    return count if isinstance(count, int) else RESNETS


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise GligenError(f"{file.name}: no JSON ({error}). Download it again.") from error
    return value if isinstance(value, dict) else {}


def fuser_place(key: str) -> str | None:
    """`transformer_blocks.0` of `transformer.transformer_blocks.0.fuser.norm1.bias`; else None."""
    place, found, _ = key.partition(FUSER)
    return ".".join(place.split(".")[-2:]) if found else None


def _without_fusers(keys: Iterable[str]) -> str:
    """What a file is that has no fusers, and the remedy."""
    keys = tuple(keys)
    if any(mark in key for key in keys for mark in LORA_MARKS):
        return "a LoRA, not a GLIGEN. Load it with the host's LoRA loader."
    if any(key.startswith(("control_model.", "controlnet_", "input_hint_block.")) for key in keys):
        return "a ControlNet, not a GLIGEN. Load it with the host's ControlNet loader."
    places = sorted({place for key in keys if (place := fuser_place(key))})
    if places:
        return (
            f"its {len(places)} fusers sit in '{places[0]}' and the like: a GLIGEN for a diffusion "
            f"transformer (as SD3, Flux or PixArt are). {UNETS_ONLY}"
        )
    return (
        f"no GLIGEN: none of its {len(keys)} tensors is a fuser (a name with '.fuser.'). "
        f"Choose a GLIGEN file; the published ones are at {PUBLISHED}."
    )
