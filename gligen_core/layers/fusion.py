"""What a fuser reads in one forward, and how single tokens are gated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .attention import Attend, attend
from .merging import Grid

Gate = float | Tensor
"""A number, or a tensor that broadcasts over b q c."""

Probe = Callable[[Tensor], None]
"""Sees how much each visual row attends to each grounding token: b h q n, in 0..1."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """The one argument of a fuser beside the visual rows x: b q c.

    tokens: b n c_tokens · attn_gate, dense_gate: gate * tanh(alpha) of attention and of FF
    key_bias: b n, the log of each token's own gate (see `key_bias`); None where each has 1
    grid: of the visual rows, to attend to them merged; None: to each · probe: see `Probe`
    """

    tokens: Tensor
    attn_gate: Gate
    dense_gate: Gate
    key_bias: Tensor | None = None
    grid: Grid | None = None
    attend: Attend = attend
    probe: Probe | None = None


def key_bias(gates: Tensor) -> Tensor | None:
    """log(gate), added to a token's attention before the softmax, or None where each gate is 1.

    gates: b n, 0 or more, on the CPU; a token of gate 0 is as if it were not there
    """
    return None if bool((gates == 1).all()) else torch.log(gates)
