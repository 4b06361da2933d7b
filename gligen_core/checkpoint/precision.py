"""What is written of a GLIGEN, tensor by tensor, and in which precision."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from ..bases import LATENT_CHANNELS
from ..bases.sd_keys import FIRST_CONVOLUTION, FUSER, Layout, to_diffusers
from .read import CheckpointFile, resnets_of
from .stored import StoredTensor

Precision = Literal["same", "fp32", "fp16", "bf16", "fp8"]
PRECISIONS: dict[Precision, torch.dtype | None] = {
    "same": None,
    "fp32": torch.float32,
    "fp16": torch.float16,
    "bf16": torch.bfloat16,
    "fp8": torch.float8_e4m3fn,
}

Source = StoredTensor | Tensor


class Plan(NamedTuple):
    """A tensor as it is to be written."""

    source: Source
    dtype: torch.dtype

    @property
    def size(self) -> int:
        """Bytes in the new file."""
        count = self.source.count if isinstance(self.source, StoredTensor) else self.source.numel()
        return count * self.dtype.itemsize


def plan(
    file: CheckpointFile, precision: Precision = "same", layout: Layout = "ldm"
) -> dict[str, Plan]:
    """What is to be written of a file, by its new name: all but SD's own first convolution."""
    resnets = resnets_of(file.config)
    return {
        to_diffusers(name, resnets) if layout == "diffusers" else name: Plan(
            tensor, _dtype(name, tensor.dtype, precision)
        )
        for name, tensor in file.tensors.items()
        if not _is_sds_own(name, file)
    }


def _dtype(name: str, dtype: torch.dtype, precision: Precision) -> torch.dtype:
    wanted = PRECISIONS[precision]
    if wanted is None or not dtype.is_floating_point:
        return dtype
    is_matrix = FUSER in name and name.endswith(".weight") and ".norm" not in name
    return torch.float16 if precision == "fp8" and not is_matrix else wanted


def _is_sds_own(name: str, file: CheckpointFile) -> bool:
    """The first convolution of SD's 4 channels, which GLIGEN leaves as it is."""
    weight = file.tensors.get(f"{FIRST_CONVOLUTION}weight")
    narrow = weight is None or weight.shape[1] == LATENT_CHANNELS
    return narrow and name.startswith(FIRST_CONVOLUTION)
