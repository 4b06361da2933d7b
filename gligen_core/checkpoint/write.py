"""Saving a GLIGEN: only its own tensors, one at a time, with what is known of them.

Memory holds a piece of one tensor; the rest lies in the source or is written already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import torch

from ..bases.sd_keys import Layout
from ..errors import GligenError
from ..text import excerpt
from ..whole_file import whole_file
from .declared import BASE_DATA, FUSER_DATA, HEADS_DATA, INPAINT_DATA, MODE_DATA
from .detect import Detection
from .diffusers_config import diffusers_config
from .other_files import naming
from .precision import Plan, Precision, plan
from .read import CONFIG, DIFFUSERS_PART, DIFFUSERS_STEM, CheckpointFile
from .safetensors_file import DTYPES, LENGTH_BYTES, METADATA
from .stored import StoredTensor, is_finite, versions

SUFFIX = ".safetensors"
SOURCE_DATA = "gligen.source_sha256"
PIECE = 1 << 20  # elements that are converted at a time
CODES = {dtype: code for code, dtype in DTYPES.items()}

Progress = Callable[[int, int], None]  # (bytes written, bytes in all)


def save_gligen(
    file: CheckpointFile,
    found: Detection,
    target: Path,
    precision: Precision = "same",
    layout: Layout = "ldm",
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
    shown: str | None = None,
) -> Path:
    """Write the GLIGEN of a file as safetensors; returns the file or the folder.

    target: `x.safetensors`; with layout "diffusers" also a folder, which gets `unet/` with a
    config.json. "fp8" is for the fusers' matrices; the rest, small and felt everywhere, is fp16.
    shown: how errors name the target, its bare name unless given.
    Raises GligenError where the target exists or has another ending.
    """
    weights = target
    if layout == "diffusers" and target.suffix != SUFFIX:
        weights = target / DIFFUSERS_PART / f"{DIFFUSERS_STEM}{SUFFIX}"
    _check_target(target, weights, overwrite, shown or target.name)
    before = versions(file.tensors)
    metadata = metadata_of(found) | {SOURCE_DATA: _sha256(file)}
    with ExitStack() as both:
        if weights is not target:
            config = file.config if file.layout == layout else {}
            text = json.dumps(dict(config) or diffusers_config(file, found), indent=2)
            out = both.enter_context(whole_file(weights.parent / CONFIG, shown or target.name))
            out.write(f"{text}\n".encode())
        out = both.enter_context(whole_file(weights, shown or target.name))
        _write(out, plan(file, precision, layout), metadata, progress)
        if versions(file.tensors) != before:
            raise GligenError(
                f"{file.path.name}: it was written to while it was read. Save it again once it is "
                "whole."
            )
    return target


def metadata_of(found: Detection) -> dict[str, str]:
    """What is written beside the tensors, for the loader to read."""
    heads = found.fusers.heads.count
    return {
        "format": "pt",  # diffusers asks for it
        **({MODE_DATA: found.modality.name} if found.sure else {}),
        INPAINT_DATA: "true" if found.inpaint else "false",
        BASE_DATA: found.base,
        FUSER_DATA: found.fusers.kind,
        **({HEADS_DATA: str(heads)} if heads else {}),
    }


def write_safetensors(
    path: Path,
    plans: Mapping[str, Plan],
    metadata: Mapping[str, str],
    progress: Progress = lambda done, total: None,
) -> None:
    """Write tensors one after the other; until all are there the file has another name."""
    with whole_file(path) as out:
        _write(out, plans, metadata, progress)


def _write(
    out: IO[bytes], plans: Mapping[str, Plan], metadata: Mapping[str, str], progress: Progress
) -> None:
    # Wide elements first, as the format asks, so that each begins at a whole address.
    order = sorted(plans, key=lambda name: (-plans[name].dtype.itemsize, name))
    total = sum(plan.size for plan in plans.values())
    out.write(_header(plans, order, metadata))
    done = 0
    for name in order:
        for piece in _pieces(name, plans[name]):
            out.write(piece)
            done += len(piece)
            progress(done, total)


def _header(plans: Mapping[str, Plan], order: list[str], metadata: Mapping[str, str]) -> bytes:
    header: dict[str, Any] = {METADATA: dict(metadata)}
    start = 0
    for name in order:
        plan = plans[name]
        end = start + plan.size
        header[name] = {
            "dtype": CODES[plan.dtype],
            "shape": list(plan.source.shape),
            "data_offsets": [start, end],
        }
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % LENGTH_BYTES)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def _pieces(name: str, plan: Plan) -> Iterator[bytes]:
    """The bytes of a tensor, converted, a piece at a time. GligenError for NaN and infinity."""
    source = plan.source
    stored = isinstance(source, StoredTensor)
    pieces = source.pieces(PIECE) if stored else source.detach().reshape(-1).split(PIECE)
    for piece in pieces:
        if not is_finite(piece):
            raise GligenError(
                f"{source.file.name if stored else 'weights'}: {excerpt(name)} holds NaN or "
                "infinity, and would turn pictures black. The file was damaged, or converted to "
                "too small a precision; take the original."
            )
        if piece.dtype != plan.dtype and plan.dtype.is_floating_point:
            # A number beyond the range becomes the largest one, not infinity.
            limit = torch.finfo(plan.dtype).max
            piece = piece.float().clamp(-limit, limit)
        yield piece.to("cpu", plan.dtype).contiguous().view(torch.uint8).numpy().tobytes()


def _sha256(file: CheckpointFile) -> str:
    """Of the source; of shards, one after the other."""
    digest = hashlib.sha256()
    for path in sorted({tensor.file for tensor in file.tensors.values()}):
        with naming(path), path.open("rb") as opened:
            while block := opened.read(PIECE):
                digest.update(block)
    return digest.hexdigest()


def _check_target(target: Path, weights: Path, overwrite: bool, shown: str) -> None:
    if weights.suffix != SUFFIX:
        raise GligenError(
            f"{shown}: expected a name that ends in {SUFFIX}, or the layout "
            "'diffusers' for a folder. Name it so."
        )
    for path in (weights, weights.parent / CONFIG) if weights is not target else (target,):
        if path.exists() and not overwrite:
            named = shown if path == target else f"{shown}/{path.relative_to(target).as_posix()}"
            raise GligenError(
                f"{named}: is there already. Choose another name, or allow it to be overwritten."
            )
