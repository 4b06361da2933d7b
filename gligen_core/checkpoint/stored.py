"""Tensors that still lie in a file."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from ..errors import GligenError

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where a tensor lies: its storage is `size` bytes from `start` of a file.

    offset, stride: in elements, within the storage · stride None: row-major
    """

    file: Path
    start: int
    size: int
    dtype: torch.dtype
    shape: tuple[int, ...]
    offset: int = 0
    stride: tuple[int, ...] | None = None

    @property
    def count(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    def map(self) -> Tensor:
        """The tensor on a mapping of its own, which goes when the tensor does."""
        return map_tensors({"": self})[""]


def map_tensors(stored: Mapping[Key, StoredTensor]) -> dict[Key, Tensor]:
    """The tensors without a copy: pages are read from the file when they are first touched.

    One mapping per file. What is written to a tensor stays in memory; the file does not change.
    Raises GligenError where a file ends before its tensors do.
    """
    mappings = {file: _mapping(file) for file in _files(stored.values())}
    return {key: _view(mappings[tensor.file], tensor) for key, tensor in stored.items()}


def _files(stored: Iterable[StoredTensor]) -> set[Path]:
    return {tensor.file for tensor in stored}


def _mapping(file: Path) -> mmap.mmap:
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)


def _view(mapping: mmap.mmap, stored: StoredTensor) -> Tensor:
    if stored.count == 0:
        return torch.empty(stored.shape, dtype=stored.dtype)
    stride = row_major(stored.shape) if stored.stride is None else stored.stride
    last = stored.offset + sum((n - 1) * step for n, step in zip(stored.shape, stride, strict=True))
    width = stored.dtype.itemsize
    end = stored.start + stored.size
    if min(stored.offset, *stride, *stored.shape, 0) < 0 or (last + 1) * width > stored.size:
        raise GligenError(
            f"{stored.file.name}: a tensor of shape {list(stored.shape)} does not fit into its "
            f"{stored.size} bytes. The file is damaged; download it again."
        )
    if end > len(mapping):
        raise GligenError(
            f"{stored.file.name}: cut short. It has {len(mapping)} bytes; its tensors need "
            f"{end}. Download it again."
        )
    elements = torch.frombuffer(
        mapping, dtype=stored.dtype, count=stored.size // width, offset=stored.start
    )
    if stored.start % width:  # vector instructions want whole elements at whole addresses
        elements = elements.clone()
    return elements.as_strided(stored.shape, stride, stored.offset)


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides, in elements, of a contiguous tensor."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
