"""What the pack must know of a kind of grounding: one `ModalitySpec` per modality."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from torch import Tensor, nn

Takes = Literal["entities", "poses", "map"]


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells a modality apart in the key names and shapes of a GLIGEN state dict (LDM names).

    required, forbidden: key prefixes
    in_channels: (key, input channels) of weights; a file without that key is not held against it
    """

    required: tuple[str, ...]
    forbidden: tuple[str, ...] = ()
    in_channels: tuple[tuple[str, int], ...] = ()

    def holds(self, shapes: Mapping[str, Sequence[int]]) -> bool:
        """shapes: of all tensors of the file, by key."""
        return (
            all(_any_starts(shapes, prefix) for prefix in self.required)
            and not any(_any_starts(shapes, prefix) for prefix in self.forbidden)
            and all(key not in shapes or shapes[key][1] == n for key, n in self.in_channels)
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


def _any_starts(keys: Iterable[str], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)
