"""The network of a GLIGEN file: modules of its sizes, holding its weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..bases import LATENT_CHANNELS
from ..bases.blocks import BlockId, block_of_key, parse_block
from ..bases.sd_keys import DOWNSAMPLER, FIRST_CONVOLUTION, FUSER, TOKENIZER
from ..errors import GligenError
from ..model import ConvolutionConfig, FuserConfig, GligenConfig, GligenModel
from ..text import excerpt
from .detect import AUTO, Detection, Fusers, blocks, describe, detect
from .other_files import naming
from .read import read_checkpoint
from .stored import is_finite, read_tensors, versions

SOME = 3  # names that an error lists


def load_gligen(path: Path | str, modality: str = AUTO, ops: Any = nn) -> GligenModel:
    """The network of a file or diffusers folder, its weights in memory of their own.

    modality: "auto", or a name of MODALITIES · ops: a library of layers, `torch.nn` or one that
    casts weights at use. Raises GligenError: what is wrong with the file, and what to do.
    """
    path = Path(path)
    with naming(path):
        file = read_checkpoint(path)
        before = versions(file.tensors)
        found = detect(file, modality)
        weights = read_tensors(file.tensors)
        if versions(file.tensors) != before:
            raise GligenError(
                f"{path.name}: it was written to while it was read. Load it again once it is whole."
            )
        _check_finite(weights, path.name)
        return build_gligen(weights, found, ops, where=path.name, info=describe(file, found))


def build_gligen(
    weights: Mapping[str, Tensor],
    found: Detection,
    ops: Any = nn,
    where: str = "weights",
    info: str | None = None,
) -> GligenModel:
    """The network of what was found, holding these very tensors.

    weights: by LDM name · where: names their origin in errors
    """
    try:
        with torch.device("meta"):
            model = GligenModel(config_of(weights, found), ops, info)
    except KeyError as missing:
        raise GligenError(
            f"{where}: a {found.modality.name} GLIGEN without its tensor {missing}. "
            "The file is damaged; download it again."
        ) from missing
    used = _used(weights, model)
    _check(used, model, where)
    model.load_state_dict({module_name(n): weight for n, weight in used.items()}, assign=True)
    return model


def ldm_weights(model: GligenModel) -> dict[str, Tensor]:
    """The tensors of a network under the names that they have in files."""
    return {ldm_name(name): weight for name, weight in model.state_dict().items()}


def module_name(name: str) -> str:
    """`middle_block.1.transformer_blocks.0.fuser.norm1.bias` -> `fusers.middle_0_0.norm1.bias`"""
    block = block_of_key(name)
    if block is not None:
        return f"fusers.{block.module_name}.{name.rpartition(FUSER)[2]}"
    if name.startswith(FIRST_CONVOLUTION):
        return f"first_conv.{name.removeprefix(FIRST_CONVOLUTION)}"
    return name


def ldm_name(name: str) -> str:
    """The other way: a name in the network as it stands in files."""
    match name.split(".", 2):
        case "fusers", block, rest:
            return f"{parse_block(block).ldm_prefix}fuser.{rest}"
        case "first_conv", rest:
            return f"{FIRST_CONVOLUTION}{rest}"
        case _:
            return name


def config_of(weights: Mapping[str, Tensor], found: Detection) -> GligenConfig:
    """The sizes of the network that weights (by LDM name) are of. KeyError for one that lacks."""
    modality = found.modality
    first_conv = _first_convolution(weights)
    downsampler = None
    if modality.downsampler and first_conv:  # its channels go nowhere but into a wider convolution
        downsampler = modality.downsampler.config_of(_part(weights, DOWNSAMPLER))
    return GligenConfig(
        modality,
        modality.config_of(_part(weights, TOKENIZER)),
        {block: _fuser(weights, block, found.fusers) for block in blocks(weights)},
        inpaint=found.inpaint,
        downsampler=downsampler,
        first_conv=first_conv,
    )


def _fuser(weights: Mapping[str, Tensor], block: BlockId, fusers: Fusers) -> FuserConfig:
    width = weights[f"{block.ldm_prefix}fuser.norm1.weight"].shape[0]
    heads = fusers.heads.of(width)
    if width % heads:
        raise GligenError(
            f"The fuser at {block} is {width} wide, which {heads} heads do not divide. The file's "
            "number of heads (config or metadata) is wrong; take the original."
        )
    return FuserConfig(fusers.kind, width, fusers.context, heads)


def _first_convolution(weights: Mapping[str, Tensor]) -> ConvolutionConfig | None:
    """None for a convolution of SD's own 4 channels: GLIGEN leaves that one as it is."""
    weight = weights.get(f"{FIRST_CONVOLUTION}weight")
    if weight is None or weight.shape[1] == LATENT_CHANNELS:
        return None
    channels_out, channels_in, height, width = weight.shape
    bias = f"{FIRST_CONVOLUTION}bias" in weights
    return ConvolutionConfig(channels_in, channels_out, (height, width), bias)


def _check_finite(weights: Mapping[str, Tensor], where: str) -> None:
    """GligenError that names the tensors that hold NaN or infinity."""
    broken = sorted(name for name, weight in weights.items() if not is_finite(weight))
    if broken:
        raise GligenError(
            f"{where}: {len(broken)} of its {len(weights)} tensors hold NaN or infinity: "
            f"{_some(broken)}. Pictures would turn black. The file was damaged, or converted to a "
            "precision that is too small for it; take the original."
        )


def _some(names: list[str]) -> str:
    return excerpt(f"{', '.join(names[:SOME])}{' ...' * (len(names) > SOME)}")


def _part(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors under a prefix, without it."""
    return {
        name.removeprefix(prefix): weight
        for name, weight in weights.items()
        if name.startswith(prefix)
    }


def _used(weights: Mapping[str, Tensor], model: GligenModel) -> dict[str, Tensor]:
    """Less SD's own first convolution, where the network has none."""
    return {
        name: weight
        for name, weight in weights.items()
        if model.first_conv is not None or not name.startswith(FIRST_CONVOLUTION)
    }


def _check(weights: Mapping[str, Tensor], model: GligenModel, where: str) -> None:
    """GligenError unless names and shapes are those of the network."""
    expected = {name: tuple(weight.shape) for name, weight in ldm_weights(model).items()}
    got = {name: tuple(weight.shape) for name, weight in weights.items()}
    complaints = {
        "it lacks": sorted(expected.keys() - got.keys()),
        "it has too much": sorted(got.keys() - expected.keys()),
        "of another shape than expected are": sorted(
            f"{name} {list(got[name])} (expected {list(expected[name])})"
            for name in got.keys() & expected.keys()
            if got[name] != expected[name]
        ),
    }
    listed = "; ".join(
        f"{what} {len(names)} tensors: {_some(names)}"
        for what, names in complaints.items()
        if names
    )
    if listed:
        raise GligenError(
            f"{where}: taken as {model.modality.name}, {listed}. The file is damaged, incomplete "
            "or of another kind; take the original."
        )
