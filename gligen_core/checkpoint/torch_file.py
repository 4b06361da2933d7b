"""What `torch.save` wrote: the value, and where its tensors lie. Nothing in the file is run.

Since torch 1.6 a zip archive: `data.pkl` holds the value, `data/KEY` the bytes of each storage.
Before, four pickles in a row (magic number, protocol, machine, value), the list of the storages'
keys, and the storages in that order, each behind its length. Source: `torch/serialization.py`.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import torch

from ..errors import GligenError
from .inert_pickle import Global, PickledStorage, PickledTensor, read_pickle
from .stored import StoredTensor

ZIP_START = b"PK\x03\x04"
PICKLE_START = b"\x80"
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LONGEST_PICKLE = 512_000_000  # bytes; a real one is under a megabyte, tensors lie outside it
LOCAL_HEADER = 30  # bytes of a zip member's own header, before its name and extra field

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

# What `zipfile` raises where bytes are wrong.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(LookupError, NotImplementedError, OverflowError, RuntimeError, ValueError),
)

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
        return _read_zip(path) if file.read(len(ZIP_START)) == ZIP_START else _read_legacy(path)


def _read_zip(path: Path) -> TorchFile:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member for member in archive.infolist()}
            folder = _folder(path, members)
            order = members.get(f"{folder}byteorder")
            if order is not None and archive.read(order) != b"little":
                raise GligenError(
                    f"{path.name}: written on a big-endian machine. Save it there as safetensors."
                )
            pickled = members[f"{folder}data.pkl"]
            if pickled.file_size > LONGEST_PICKLE:
                raise GligenError(
                    f"{path.name}: its pickle has {pickled.file_size} bytes, expected at most "
                    f"{LONGEST_PICKLE}. This is no checkpoint; download it again."
                )
            value, _ = read_pickle(BytesIO(archive.read(pickled)), path.name)
    except GligenError:
        raise
    except _DAMAGE as error:
        raise GligenError(
            f"{path.name}: cut short or damaged; its zip archive cannot be read ({error}). "
            "Download it again."
        ) from error

    def place(storage: PickledStorage) -> tuple[int, int]:
        member = members.get(f"{folder}data/{storage.key}")
        if member is None or member.compress_type != zipfile.ZIP_STORED:
            state = "missing from" if member is None else "compressed in"
            raise GligenError(
                f"{path.name}: the tensor data {storage.key!r} is {state} the archive. "
                "Download it again, or save it again with torch.save."
            )
        return _data_start(path, member.header_offset), member.file_size

    return TorchFile(path, value, place)


def _folder(path: Path, members: dict[str, Any]) -> str:
    for name in members:
        if name == "data.pkl" or name.endswith("/data.pkl"):
            return name.removesuffix("data.pkl")
    raise GligenError(
        f"{path.name}: a zip archive without a 'data.pkl', so torch did not write it. "
        "If it holds a checkpoint, unpack it."
    )


def _data_start(path: Path, header: int) -> int:
    """The first byte of a stored zip member, behind its own header."""
    with path.open("rb") as file:
        file.seek(header)
        local = file.read(LOCAL_HEADER)
    name, extra = (int.from_bytes(local[at : at + 2], "little") for at in (26, 28))
    return header + LOCAL_HEADER + name + extra


def _read_legacy(path: Path) -> TorchFile:
    with path.open("rb") as file:
        if read_pickle(file, path.name).value != LEGACY_MAGIC:
            raise GligenError(
                f"{path.name}: a pickle, but not one of torch.save. Save the state dict with "
                "torch.save, or as safetensors."
            )
        read_pickle(file, path.name)  # protocol
        read_pickle(file, path.name)  # machine
        value, storages = read_pickle(file, path.name)
        keys = read_pickle(file, path.name).value
        places = _legacy_places(path, file, keys, storages)

    def place(storage: PickledStorage) -> tuple[int, int]:
        try:
            return places[storage.key]
        except KeyError:
            raise GligenError(
                f"{path.name}: the tensor data {storage.key!r} is missing. Download it again."
            ) from None

    return TorchFile(path, value, place)


def _legacy_places(
    path: Path, file: IO[bytes], keys: Any, storages: dict[str, PickledStorage]
) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    for key in keys if isinstance(keys, list) else ():
        storage = storages.get(str(key))
        count = int.from_bytes(file.read(8), "little", signed=True)
        if count < 0 or storage is None:
            raise GligenError(
                f"{path.name}: its list of tensors does not fit its tensors. Download it again."
            )
        start, size = file.tell(), count * _dtype(path, storage.type, STORAGES).itemsize
        places[str(key)] = start, size
        file.seek(start + size)
    return places


def _dtype(path: Path, kind: Global, table: Mapping[str, torch.dtype]) -> torch.dtype:
    dtype = table.get(kind.name)
    if dtype is None:
        raise GligenError(
            f"{path.name}: a tensor of type {kind}, which no GLIGEN file has; expected one of "
            f"{', '.join(table)}. Save it again in float32."
        )
    return dtype
