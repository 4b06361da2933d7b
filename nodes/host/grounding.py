"""What a GROUNDING holds, and what of it rides on a CONDITIONING: plain data, no network.

The network comes with the MODEL (`patch.attach`); `patch` joins the two for one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ...gligen_core.bases.blocks import BlockId
from ...gligen_core.modalities.modality import TokenizerInputs
from ...gligen_core.schedule import GateSchedule
from .files import LoadedGligen
from .guard import Guard, guarded
from .moment import Moment

Conditioning: TypeAlias = list[list[Any]]
"""The host's CONDITIONING: [text features, options] pairs."""

NegativeGrounding = Literal["null", "same as positive", "off"]

ATTACHED = "gligen_attached"  # the option under which attachments ride


@dataclass(frozen=True, slots=True)
class Gate:
    """A schedule times a strength (0..2)."""

    schedule: GateSchedule
    strength: float = 1.0

    def at(self, moment: Moment, block: BlockId) -> float:
        """How far the fuser of that block is open."""
        if self.schedule.counts == "steps":
            gate = self.schedule.at_step(moment.step, moment.steps, block)
        else:
            gate = self.schedule.at_progress(moment.progress, block)
        return gate * self.strength


SHUT = Gate(GateSchedule.constant(0.0))


def official_gate(gligen: LoadedGligen) -> GateSchedule:
    """The phases of the official example for this kind of GLIGEN, inpainting told apart."""
    return GateSchedule(gligen.model.modality.official_phases(gligen.model.inpaint))


@dataclass(frozen=True, slots=True, eq=False)
class Grounding:
    """A layout or a map as read by one GLIGEN: what its tokenizer wants, on the CPU."""

    gligen: LoadedGligen
    inputs: TokenizerInputs


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """One GLIGEN's data on one conditioning.

    key: of the GLIGEN · guard: speaks up on a MODEL without it, once for both sides
    gate: None to follow the gate of the MODEL's Apply node
    negative: what the other side of the guidance gets
    null: the tokens are those of "nothing named here"; a map still reaches the first convolution
    """

    key: str
    guard: Guard
    inputs: TokenizerInputs
    gate: Gate | None = None
    negative: NegativeGrounding = "null"
    null: bool = False

    def opposite(self) -> Attachment:
        """What the negative gets where the positive has this."""
        if self.negative == "same as positive":
            return self
        return replace(self, null=True, gate=SHUT if self.negative == "off" else self.gate)


def attachment_of(options: Mapping[str, Any], key: str) -> Attachment | None:
    """What a conditioning's options hold for the GLIGEN of that key."""
    return next((a for a in options.get(ATTACHED, ()) if a.key == key), None)


def ground_conditioning(conditioning: Conditioning, attachment: Attachment) -> Conditioning:
    """A copy with the attachment on each part, in place of an earlier one of the same GLIGEN."""
    return [[text, _with(options, attachment)] for text, options in conditioning]


def _with(options: Mapping[str, Any], attachment: Attachment) -> dict[str, Any]:
    others = tuple(a for a in options.get(ATTACHED, ()) if a.key != attachment.key)
    return guarded(options, attachment.key, attachment.guard) | {ATTACHED: (*others, attachment)}
