"""Tensors that still lie in a file, and how they are read: copied, one after the other.

Nothing is mapped. A mapped file that someone rewrites changes the weights of a running network,
and one that gets shorter ends the process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, TypeVar

import torch
from torch import Tensor

from ..errors import GligenError
from .other_files import naming

Key = TypeVar("Key")
PIECE = 1 << 20  # elements that are looked at together
SHARED = 2  # bytes read of one byte of a file: views may share their storage, within reason


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

    @property
    def span(self) -> int:
        """Number of elements from its first one to its last one, those between them included."""
        if self.count == 0:
            return 0
        return 1 + sum((n - 1) * step for n, step in zip(self.shape, self._stride, strict=True))

    def read(self) -> Tensor:
        """The tensor in memory of its own."""
        return read_tensors({"": self})[""]

    def pieces(self, count: int) -> Iterator[Tensor]:
        """Its elements in row-major order, `count` at a time, each piece in memory of its own."""
        if self._stride != row_major(self.shape):
            yield from self.read().reshape(-1).split(count)
            return
        _check_fit(self)
        with naming(self.file), self.file.open("rb") as file:
            for at in range(0, self.count, count):
                yield _read(file, self, at, min(count, self.count - at))

    @property
    def _stride(self) -> tuple[int, ...]:
        return row_major(self.shape) if self.stride is None else self.stride


def read_tensors(stored: Mapping[Key, StoredTensor]) -> dict[Key, Tensor]:
    """The tensors, each in memory of its own; a file may change or go once they are read.

    Raises GligenError where a file ends before its tensors do, or its tensors are more than it.
    """
    by_file: dict[Path, list[Key]] = defaultdict(list)
    for key, tensor in stored.items():
        _check_fit(tensor)
        by_file[tensor.file].append(key)
    read: dict[Key, Tensor] = {}
    for path, keys in by_file.items():
        with path.open("rb") as file:
            _check_sum(path, file.seek(0, 2), [stored[key] for key in keys])
            for key in sorted(keys, key=lambda key: stored[key].start):
                tensor = stored[key]
                span = _read(file, tensor, 0, tensor.span)
                read[key] = span.as_strided(tensor.shape, tensor._stride)
    return {key: read[key] for key in stored}


def versions(stored: Mapping[Key, StoredTensor]) -> dict[Path, tuple[int, int, int]]:
    """What changes when someone writes to one of the files: time, size, identity."""
    stats = {path: path.stat() for path in {tensor.file for tensor in stored.values()}}
    return {path: (s.st_mtime_ns, s.st_size, s.st_ino) for path, s in stats.items()}


def is_finite(tensor: Tensor) -> bool:
    """Whether it holds neither NaN nor infinity."""
    if not tensor.numel():
        return True
    if tensor.dtype.itemsize == 1:  # fp8, which torch does not compare
        return all(
            bool(piece.float().isfinite().all()) for piece in tensor.reshape(-1).split(PIECE)
        )
    least, most = tensor.aminmax()  # both are NaN if one element is
    return bool(least.isfinite() and most.isfinite())


def _read(file: IO[bytes], stored: StoredTensor, at: int, count: int) -> Tensor:
    """So many elements from `at` of a tensor's first."""
    width = stored.dtype.itemsize
    data = torch.empty(count * width, dtype=torch.uint8)
    start = stored.start + (stored.offset + at) * width
    file.seek(start)
    got = file.readinto(data.numpy().data) if count else 0  # pyright: ignore[reportAttributeAccessIssue]
    if got < count * width:
        raise _cut_short(stored.file, start + got, start + count * width)
    return data.view(stored.dtype)


def _check_fit(stored: StoredTensor) -> None:
    """GligenError unless every element lies in the storage."""
    numbers = (stored.start, stored.size, stored.offset, *stored.shape, *stored._stride)
    if (
        len(stored._stride) != len(stored.shape)
        or min(numbers) < 0
        or (stored.count and stored.offset + stored.span > stored.size // stored.dtype.itemsize)
    ):
        raise GligenError(
            f"{stored.file.name}: a tensor of shape {list(stored.shape)} does not fit into its "
            f"{stored.size} bytes. The file is damaged; download it again."
        )


def _check_sum(path: Path, size: int, tensors: list[StoredTensor]) -> None:
    """GligenError where the file is too short, or is asked for the same bytes again and again."""
    end = max(t.start + (t.offset + t.span) * t.dtype.itemsize for t in tensors)
    if end > size:
        raise _cut_short(path, size, end)
    needed = sum(max(t.span, t.count) * t.dtype.itemsize for t in tensors)
    if needed > SHARED * size:
        raise GligenError(
            f"{path.name}: its tensors take {needed:,} bytes, the file has {size:,}: they lie in "
            "one another. This is no GLIGEN as it was saved; download it again."
        )


def _cut_short(path: Path, size: int, needed: int) -> GligenError:
    return GligenError(
        f"{path.name}: cut short. It has {size:,} bytes; its tensors need {needed:,}. "
        "Download it again."
    )


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides, in elements, of a contiguous tensor."""
    strides = [1]
    for length in shape[:0:-1]:
        strides.append(strides[-1] * length)
    return tuple(strides[::-1]) if shape else ()
