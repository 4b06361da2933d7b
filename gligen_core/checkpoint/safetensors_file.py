"""Safetensors: where its tensors lie.

Format: eight bytes with the header's length, the header as JSON, then the tensors' bytes.
Source: the safetensors README.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from ..errors import GligenError
from ..text import excerpt, writable
from .limits import LARGEST, LONGEST_HEADER, LONGEST_KEY, LONGEST_VALUE, MOST_AXES
from .stored import StoredTensor

DTYPES: dict[str, torch.dtype] = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
LENGTH_BYTES = 8
METADATA = "__metadata__"


def looks_like_safetensors(start: bytes) -> bool:
    """start: the first bytes of a file."""
    return start[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{"


def read_header(path: Path) -> tuple[dict[str, StoredTensor], dict[str, str]]:
    """Tensors by key, and the metadata. Raises GligenError for a damaged file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        data = LENGTH_BYTES + length
        if length > LONGEST_HEADER or data > size:
            raise _cut_short(path, size, data)
        text = file.read(length)
    try:
        header = json.loads(text)
        if not isinstance(header, dict):
            raise ValueError("no object")
        metadata = _metadata(header.pop(METADATA, {}))
        tensors = {_key(key): _stored(path, data, entry) for key, entry in header.items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise GligenError(
            f"{path.name}: its safetensors header cannot be read ({excerpt(error)}). "
            "The file is damaged; download it again."
        ) from None  # the cause may quote the file at length
    end = max((tensor.start + tensor.size for tensor in tensors.values()), default=data)
    if end > size:
        raise _cut_short(path, size, end)
    return tensors, metadata


def _metadata(value: Any) -> dict[str, str]:
    """Texts by text, as the format says."""
    if not isinstance(value, dict):
        raise TypeError("metadata that is no object")
    for key, text in value.items():
        if not isinstance(text, str):
            raise TypeError(f"metadata {excerpt(key)!r} that is no text")
        if len(text) > LONGEST_VALUE:
            raise ValueError(f"metadata {excerpt(key)!r} of {len(text):,} characters")
    return {writable(_key(key)): writable(text) for key, text in value.items()}


def _key(key: str) -> str:
    if len(key) > LONGEST_KEY:
        raise ValueError(f"a name of {len(key):,} characters; at most {LONGEST_KEY:,} are read")
    return key


def _stored(path: Path, data: int, entry: Any) -> StoredTensor:
    if not isinstance(entry, dict):
        raise TypeError("a tensor that is no object")
    offsets, shape = entry["data_offsets"], entry["shape"]
    if not _are_sizes(offsets) or len(offsets) != 2 or not _are_sizes(shape):
        raise TypeError(f"a place or shape that is no list of at most {MOST_AXES} sizes")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in DTYPES:
        raise ValueError(f"a dtype that is none of {', '.join(DTYPES)}")
    (start, end), dtype = offsets, DTYPES[entry["dtype"]]
    tensor = StoredTensor(path, data + start, end - start, dtype, tuple(shape))
    if tensor.count * dtype.itemsize != tensor.size:
        raise ValueError(f"{tensor.size} bytes for {entry['dtype']} of shape {shape}")
    return tensor


def _are_sizes(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_AXES
        and all(type(number) is int and 0 <= number <= LARGEST for number in value)
    )


def _cut_short(path: Path, size: int, wanted: int) -> GligenError:
    return GligenError(
        f"{path.name}: cut short, or no safetensors file. It has {size} bytes; its header asks "
        f"for {wanted}. Download it again."
    )
