"""What the pack must know of a kind of grounding: one `Modality` per kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol, Self, TypeVar

import torch
from torch import Tensor, nn

from ..gate.schedule import Phases
from ..geometry import Box
from .sources import Sources

Takes = Literal["entities", "poses", "map"]
T = TypeVar("T")

# The default of the official `alpha_generator`: its examples of inpainting name no alpha_type.
ALWAYS_OPEN = Phases(1.0, 0.0, 0.0)


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


Owners = tuple[tuple[str | None, ...], ...]
"""For each of b layouts, the id of the entity or pose that each slot speaks of; None for nobody."""


class TokenizerInputs(Protocol):
    """The tensors one tokenizer reads, for b layouts or maps; float32 on the CPU until `to`."""

    @property
    def batch(self) -> int:
        """b: 1 for all pictures of a batch alike, else one per picture."""
        ...

    @property
    def slots(self) -> int:
        """n: places for objects, absent ones included; 0 where the network fixes the number."""
        ...

    @property
    def owners(self) -> Owners:
        """b n ids of entities or poses; () where a map is read, which nobody owns."""
        ...

    def on_canvas(self, height: int, width: int) -> Self:
        """As it lies on a latent of height x width cells."""
        ...

    def within(self, area: Box) -> Self:
        """As seen from an area of the canvas: clipped to it, in fractions of it."""
        ...

    def padded(self, slots: int) -> Self:
        """The same with absent objects behind, `slots` in all."""
        ...

    def to(self, device: Any) -> Self: ...


class Tokenizer(Protocol):
    """A network from inputs to tokens; a module, with its own class of inputs."""

    def __call__(self, inputs: Any) -> Tensor:
        """-> tokens: b n c"""
        ...

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of inputs that name nothing, which the official CFG gives the unconditional.

        -> 1 n c; `slots` as in the inputs that they go beside
        """
        ...


def batched(inputs: Sequence[T]) -> T:
    """One set of inputs for a batch from one each per picture, all of the same kind and slots."""
    kind: Any = type(inputs[0])
    columns = ([getattr(each, field.name) for each in inputs] for field in fields(kind))
    return kind(*(_joined(column) for column in columns))


def _joined(column: list[Any]) -> Any:
    """Tensors along the batch; owners likewise."""
    if isinstance(column[0], Tensor):
        return torch.cat(column)
    return tuple(owner for owners in column for owner in owners)


@dataclass(frozen=True, slots=True)
class Part:
    """A network: the sizes that its weights (its own keys) have, and how it is built from sizes.

    build(config, ops): untrained; ops is a library of layers such as torch.nn
    """

    config_of: Callable[[Mapping[str, Tensor]], Any]
    build: Callable[[Any, Any], nn.Module]


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of grounding: a row of the table MODALITIES.

    name: in files and workflows · title: for a person
    signature: tells its files by their keys
    phases: the gate of the official example · inpaint_phases: of a file that paints in a picture
    config_of(weights): the sizes of `position_net`, by its weights · build(config, ops): the same
    network, untrained · read(sources, config): what it is grounded with, as it wants it
    extra_channels: of the first convolution, behind the latent's 4; inpainting's are not counted
    downsampler: `downsample_net`, which makes the extra channels of a map
    """

    name: str
    title: str
    takes: Takes
    signature: Signature
    phases: Phases
    config_of: Callable[[Mapping[str, Tensor]], Any]
    build: Callable[[Any, Any], nn.Module]
    read: Callable[[Sources, Any], TokenizerInputs]
    inpaint_phases: Phases = ALWAYS_OPEN
    extra_channels: int = 0
    downsampler: Part | None = None

    def official_phases(self, inpaint: bool) -> Phases:
        """The gate that a file of this kind is sampled with where nobody sets another."""
        return self.inpaint_phases if inpaint else self.phases


def _any_starts(keys: Iterable[str], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)
