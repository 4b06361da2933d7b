"""What `torch.save` wrote: the value, and where its tensors lie. Nothing in the file is run.

Since torch 1.6 a zip archive: `data.pkl` holds the value, `data/KEY` the bytes of each storage.
Before, four pickles in a row (magic number, protocol, machine, value), the list of the storages'
keys, and the storages in that order, each behind its length. Source: `torch/serialization.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import torch

from ..errors import GligenError
from ..text import excerpt
from .inert_pickle import Budget, read_pickle
from .limits import LONGEST_KEY, LONGEST_PICKLE
from .pickled import Global, PickledStorage, PickledTensor
from .stored import StoredTensor
from .zip_members import ZIP_START, data_start, read_member, read_members

PICKLE_START = b"\x80"
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
COUNT_BYTES = 8  # before each storage of an old file: its number of elements
PICKLE = "data.pkl"

STORAGES: dict[str, torch.dtype] = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "UntypedStorage": torch.uint8,
}
DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (*STORAGES.values(), torch.float8_e4m3fn, torch.float8_e5m2)
}

Place = Callable[[PickledStorage], tuple[int, int]]  # -> first byte in the file, number of bytes


@dataclass(frozen=True, slots=True)
class TorchFile:
    """value: with `PickledTensor` for tensors; see `stored`."""

    path: Path
    value: Any
    place: Place

    def stored(self, tensor: PickledTensor) -> StoredTensor:
        """Where a tensor of the value lies. Raises GligenError if the file has no room for it."""
        start, size = self.place(tensor.storage)
        if tensor.dtype is None:
            dtype = _dtype(self.path, tensor.storage.type, STORAGES)
        else:
            dtype = _dtype(self.path, tensor.dtype, DTYPES)
        offset = tensor.offset + tensor.storage.offset
        return StoredTensor(self.path, start, size, dtype, tensor.shape, offset, tensor.stride)


def read_torch_file(path: Path) -> TorchFile:
    """Read the pickle of a file; the tensors stay where they are."""
    with path.open("rb") as file:
        start = file.read(len(ZIP_START))
        file.seek(0)
        return _read_zip(path, file) if start == ZIP_START else _read_legacy(path, file)


def _read_zip(path: Path, file: IO[bytes]) -> TorchFile:
    members = read_members(file, path.name)
    folder = _folder(path, members)
    order = f"{folder}byteorder"
    if order in members and read_member(file, order, members, path.name, LONGEST_KEY) != b"little":
        raise GligenError(
            f"{path.name}: written on a big-endian machine. Save it there as safetensors."
        )
    pickled = read_member(file, f"{folder}{PICKLE}", members, path.name, LONGEST_PICKLE)
    value, _ = read_pickle(BytesIO(pickled), path.name)

    def place(storage: PickledStorage) -> tuple[int, int]:
        name = f"{folder}data/{storage.key}"
        with path.open("rb") as file:
            return data_start(file, name, members, path.name), members[name].size

    return TorchFile(path, value, place)


def _folder(path: Path, members: Iterable[str]) -> str:
    for name in members:
        if name == PICKLE or name.endswith(f"/{PICKLE}"):
            return name.removesuffix(PICKLE)
    raise GligenError(
        f"{path.name}: a zip archive without a 'data.pkl', so torch did not write it. "
        "If it holds a checkpoint, unpack it."
    )


def _read_legacy(path: Path, file: IO[bytes]) -> TorchFile:
    budget = Budget()
    if read_pickle(file, path.name, budget).value != LEGACY_MAGIC:
        raise GligenError(
            f"{path.name}: a pickle, but not one of torch.save. Save the state dict with "
            "torch.save, or as safetensors."
        )
    read_pickle(file, path.name, budget)  # protocol
    read_pickle(file, path.name, budget)  # machine
    value, storages = read_pickle(file, path.name, budget)
    keys = read_pickle(file, path.name, budget).value
    places = _legacy_places(path, file, keys, storages)

    def place(storage: PickledStorage) -> tuple[int, int]:
        if storage.key not in places:
            raise GligenError(
                f"{path.name}: the tensor data {excerpt(storage.key)!r} is missing. "
                "Download it again."
            )
        return places[storage.key]

    return TorchFile(path, value, place)


def _legacy_places(
    path: Path, file: IO[bytes], keys: Any, storages: dict[str, PickledStorage]
) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    end = path.stat().st_size
    for key in keys if isinstance(keys, list) else ():
        storage = storages.get(key) if isinstance(key, str) else None
        count = int.from_bytes(file.read(COUNT_BYTES), "little", signed=True)
        if count < 0 or storage is None:
            raise GligenError(
                f"{path.name}: its list of tensors does not fit its tensors; the file is damaged. "
                "Download it again."
            )
        start, size = file.tell(), count * _dtype(path, storage.type, STORAGES).itemsize
        if start + size > end:
            raise GligenError(
                f"{path.name}: cut short. It has {end:,} bytes; its tensors need "
                f"{start + size:,}. Download it again."
            )
        places[storage.key] = start, size
        file.seek(start + size)
    return places


def _dtype(path: Path, kind: Global, table: Mapping[str, torch.dtype]) -> torch.dtype:
    dtype = table.get(kind.name)
    if dtype is None:
        raise GligenError(
            f"{path.name}: a tensor of type {excerpt(str(kind))}, which no GLIGEN file has; "
            f"expected one of {', '.join(table)}. Save it again in float32."
        )
    return dtype
