"""What a GROUNDING holds, and how it rides on a CONDITIONING: plain data, no network.

The network comes with the MODEL (`patch.attach`); `wrappers` joins the two for one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..gligen_core.engine.attachment import Attachment
from ..gligen_core.modalities.modality import TokenizerInputs
from .files import LoadedGligen
from .guard import Guard, guarded

Conditioning: TypeAlias = list[list[Any]]
"""The host's CONDITIONING: [text features, options] pairs."""

ATTACHED = "gligen_attached"  # the option under which attachments ride


@dataclass(frozen=True, slots=True, eq=False)
class Grounding:
    """A layout or a map as read by one GLIGEN: what its tokenizer wants, on the CPU."""

    gligen: LoadedGligen
    inputs: TokenizerInputs


def attachment_of(options: Mapping[str, Any], key: str) -> Attachment | None:
    """What a conditioning's options hold for the GLIGEN of that key."""
    return next((a for a in options.get(ATTACHED, ()) if a.key == key), None)


def ground_conditioning(
    conditioning: Conditioning, attachment: Attachment, guard: Guard
) -> Conditioning:
    """A copy with the attachment on each part, in place of an earlier one of the same GLIGEN.

    guard: speaks up on a MODEL without the GLIGEN, once for both sides
    """
    return [[text, _with(options, attachment, guard)] for text, options in conditioning]


def _with(options: Mapping[str, Any], attachment: Attachment, guard: Guard) -> dict[str, Any]:
    others = tuple(a for a in options.get(ATTACHED, ()) if a.key != attachment.key)
    return guarded(options, attachment.key, guard) | {ATTACHED: (*others, attachment)}
