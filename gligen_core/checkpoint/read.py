"""Any file with a GLIGEN in it: its tensors under LDM names, still in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..bases.sd_keys import RESNETS, Layout, ldm_names
from ..errors import GligenError
from ..text import excerpt
from .limits import LONGEST_JSON, MOST_SHARDS, MOST_TENSORS
from .other_files import (
    TRANSFORMER_PART,
    naming,
    with_a_transformer,
    without_fusers,
    without_weights,
)
from .pickled import PickledTensor
from .plain_config import plain
from .safetensors_file import looks_like_safetensors, read_header
from .stored import StoredTensor
from .torch_file import PICKLE_START, read_torch_file
from .zip_members import ZIP_START

SUFFIXES = (".safetensors", ".bin", ".pth", ".pt", ".ckpt")
INDEX = ".index.json"  # of a file in shards
DIFFUSERS_PART = "unet"  # a folder that holds this folder is a diffusers model
DIFFUSERS_STEM = "diffusion_pytorch_model"
CONFIG = "config.json"
DIFFUSERS_CLASS = "UNet2DConditionModel"
SHARD_MARK = "-of-"  # model-00001-of-00002.safetensors
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
    with naming(path):
        path = _weights_file(path) if path.is_dir() else path
        contents = _shards(path) if path.name.endswith(INDEX) else _contents(path)
        config = contents.config or _config_beside(path)
        names, layout = ldm_names(contents.tensors, resnets_of(config))
        if not names:
            raise GligenError(f"{path.name}: {without_fusers(contents.tensors)}")
        if len(names) > MOST_TENSORS:
            raise GligenError(
                f"{path.name}: {len(names):,} tensors of a GLIGEN; at most {MOST_TENSORS:,} are "
                "read, and SDXL's has 1,200. Take the original."
            )
        tensors = {name: contents.locate(contents.tensors[key]) for name, key in names.items()}
        _check_kinds(path, tensors)
        return CheckpointFile(path, tensors, contents.metadata, config, layout)


def _check_kinds(path: Path, tensors: Mapping[str, StoredTensor]) -> None:
    """GligenError unless all are of floating point."""
    wrong = sorted(name for name, t in tensors.items() if not t.dtype.is_floating_point)
    if wrong:
        kinds = ", ".join(sorted({str(tensors[n].dtype).removeprefix("torch.") for n in wrong}))
        raise GligenError(
            f"{path.name}: {len(wrong)} of its tensors are stored as {kinds}, {excerpt(wrong[0])!r}"
            " among them; a GLIGEN's weights are fp32, fp16, bf16 or fp8. Take the original, and "
            "make it smaller with Save GLIGEN."
        )


def _weights_file(folder: Path) -> Path:
    """The whole file in full precision where there is one, else an index, else a variant."""
    part = folder / DIFFUSERS_PART if (folder / DIFFUSERS_PART).is_dir() else folder
    if part is folder and (folder / TRANSFORMER_PART).is_dir():
        raise GligenError(f"{folder.name}: {with_a_transformer()}")
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
        raise GligenError(f"{path.name}: no such file. Check the name.")
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
    raise GligenError(f"{path.name}: {without_weights(start)}")


def _torch_contents(path: Path) -> _Contents:
    file = read_torch_file(path)
    value = file.value if isinstance(file.value, dict) else {}
    nested = (value[part] for part in STATE_DICTS if isinstance(value.get(part), dict))
    weights = next(nested, value)
    tensors = {
        key: tensor
        for key, tensor in weights.items()
        if isinstance(key, str) and isinstance(tensor, PickledTensor)
    }
    config = plain(value.get("config_dict"))
    return _Contents(tensors, file.stored, config=config if isinstance(config, dict) else {})


def _shards(index: Path) -> _Contents:
    """All shards that an index names, as one."""
    places = _json(index).get("weight_map")
    if not isinstance(places, dict) or not all(isinstance(n, str) for n in places.values()):
        places = {}
    if not places:
        raise GligenError(f"{index.name}: no 'weight_map' in it. Download it again.")
    parts = {name: index.parent / Path(name).name for name in set(places.values())}
    if len(parts) > MOST_SHARDS:
        raise GligenError(
            f"{index.name}: {len(parts):,} parts; at most {MOST_SHARDS:,} are read. "
            "Is this a model?"
        )
    missing = sorted(file.name for file in parts.values() if not file.is_file())
    if missing:
        raise GligenError(
            f"{index.name}: of its {len(parts)} parts, {excerpt(', '.join(missing))} "
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
    return count if type(count) is int and 0 < count < 100 else RESNETS


def _json(file: Path) -> dict[str, Any]:
    if file.stat().st_size > LONGEST_JSON:
        raise GligenError(
            f"{file.name}: {file.stat().st_size:,} bytes of JSON; at most {LONGEST_JSON:,} are "
            "read. Download it again."
        )
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise GligenError(
            f"{file.name}: no JSON ({excerpt(error)}). Download it again."
        ) from None  # the cause quotes the file
    return value if isinstance(value, dict) else {}
