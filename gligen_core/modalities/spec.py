"""What the pack must know of a kind of grounding: one `ModalitySpec` per modality."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from torch import Tensor, nn

Takes = Literal["entities", "poses", "map"]


@dataclass(frozen=True, slots=True)
class Signature:
    """Key prefixes of a GLIGEN state dict (LDM names) that tell a modality apart."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...] = ()

    def holds(self, keys: frozenset[str]) -> bool:
        """Whether every required prefix has a key and no forbidden one has."""
        return all(_any_starts(keys, prefix) for prefix in self.required) and not any(
            _any_starts(keys, prefix) for prefix in self.forbidden
        )


class TokenizerInputs(Protocol):
    """The tensors one tokenizer reads, for b layouts."""

    def to(self, device: Any) -> "TokenizerInputs": ...


@dataclass(frozen=True, slots=True)
class ModalitySpec:
    """One row of the table MODALITIES.

    `tokenizer` builds the network's `position_net` from its state dict; None means that the
    pack knows the files but does not sample with them yet. `gate_phases` are the shares of
    the steps (open, decaying, shut) of the official example.
    """

    name: str
    title: str
    takes: Takes
    signature: Signature
    gate_phases: tuple[float, float, float]
    extra_channels: int = 0
    tokenizer: Callable[[dict[str, Tensor], Any], nn.Module] | None = None


def _any_starts(keys: frozenset[str], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)
