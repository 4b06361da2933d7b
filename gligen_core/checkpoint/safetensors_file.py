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
LONGEST_HEADER = 100_000_000  # bytes; the limit of the reference implementation
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
        header: dict[str, Any] = json.loads(text)
        metadata = {str(key): str(value) for key, value in header.pop(METADATA, {}).items()}
        tensors = {key: _stored(path, data, entry) for key, entry in header.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise GligenError(
            f"{path.name}: its safetensors header cannot be read ({error}). "
            "The file is damaged; download it again."
        ) from error
    end = max((tensor.start + tensor.size for tensor in tensors.values()), default=data)
    if end > size:
        raise _cut_short(path, size, end)
    return tensors, metadata


def _stored(path: Path, data: int, entry: dict[str, Any]) -> StoredTensor:
    start, end = (int(offset) for offset in entry["data_offsets"])
    shape = tuple(int(length) for length in entry["shape"])
    tensor = StoredTensor(path, data + start, end - start, DTYPES[entry["dtype"]], shape)
    if min(start, *shape, 0) < 0 or tensor.count * tensor.dtype.itemsize != tensor.size:
        raise ValueError(f"{tensor.size} bytes for {entry['dtype']} of shape {list(shape)}")
    return tensor


def _cut_short(path: Path, size: int, wanted: int) -> GligenError:
    return GligenError(
        f"{path.name}: cut short, or no safetensors file. It has {size} bytes; its header asks "
        f"for {wanted}. Download it again."
    )
