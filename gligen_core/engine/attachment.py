"""What a conditioning is grounded with, and how strongly: plain data, no network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from torch import Tensor

from ..bases.blocks import BlockId
from ..gate.schedule import GateSchedule
from ..geometry import Box
from ..modalities.modality import TokenizerInputs
from ..model import GligenModel
from .step import StepInfo

NegativeGrounding = Literal["null", "same as positive", "off"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A schedule times a strength (0..2)."""

    schedule: GateSchedule
    strength: float = 1.0

    def at(self, now: StepInfo, block: BlockId) -> float:
        """How far the fuser of that block is open."""
        if self.schedule.counts == "steps":
            gate = self.schedule.at_step(now.step, now.steps, block)
        else:
            gate = self.schedule.at_progress(now.progress, block)
        return gate * self.strength


SHUT = Gate(GateSchedule.constant(0.0))


def official_gate(network: GligenModel) -> GateSchedule:
    """The phases of the official example for this kind of GLIGEN, inpainting told apart."""
    return GateSchedule(network.modality.official_phases(network.inpaint))


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """One GLIGEN's data on one conditioning.

    key: of the GLIGEN · gate: None to follow the run's own
    negative: what the other side of the guidance gets
    null: the tokens are those of "nothing named here"; a map still reaches the first convolution
    """

    key: str
    inputs: TokenizerInputs
    gate: Gate | None = None
    negative: NegativeGrounding = "null"
    null: bool = False

    def opposite(self) -> Attachment:
        """What the negative gets where the positive has this."""
        if self.negative == "same as positive":
            return self
        return replace(self, null=True, gate=SHUT if self.negative == "off" else self.gate)


@dataclass(frozen=True, slots=True, eq=False)
class Inpainting:
    """latent: b 4 h w, of the whole picture · keep: b 1 h w, 1 keeps"""

    latent: Tensor
    keep: Tensor


class Conditioned(NamedTuple):
    """One conditioning, as a run is told of it.

    area: the part of the canvas that it acts on; None for all of it
    inpainting: the picture that is painted in; its latent in the model's scale
    """

    attachment: Attachment | None = None
    area: Box | None = None
    inpainting: Inpainting | None = None
