"""A single matrix of a file, found by its shape: CLIP's text projection, as it is published."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from ..errors import GligenError
from .other_files import naming
from .pickled import PickledTensor
from .safetensors_file import looks_like_safetensors, read_header
from .stored import StoredTensor, is_finite
from .torch_file import read_torch_file


def read_matrix(path: Path, rows: int, columns: int) -> Tensor:
    """The first tensor of that shape, rows x columns, in float32; no code of the file is run.

    The file is safetensors, or `torch.save` of a tensor or of a dict of tensors. Raises
    GligenError, naming the file without its folder, for one that holds none.
    """
    with naming(path):
        fitting = [t for t in _tensors(path) if t.shape == (rows, columns)]
        if not fitting or not fitting[0].dtype.is_floating_point:
            raise GligenError(f"{path.name}: it holds no matrix of {rows} x {columns} numbers.")
        matrix = fitting[0].read().float()
        if not is_finite(matrix):
            raise GligenError(f"{path.name}: it holds NaN or infinity. Download it again.")
        return matrix


def _tensors(path: Path) -> list[StoredTensor]:
    with path.open("rb") as file:
        start = file.read(16)
    if looks_like_safetensors(start):
        return list(read_header(path)[0].values())
    file = read_torch_file(path)
    values = file.value.values() if isinstance(file.value, dict) else [file.value]
    return [file.stored(value) for value in values if isinstance(value, PickledTensor)]
