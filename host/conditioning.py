"""The host's conditionings, as its sampler holds them during a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from ..gligen_core.engine.attachment import Attachment
from ..gligen_core.geometry import CANVAS, Box
from .grounding import attachment_of

Cond = Mapping[str, Any]
"""One conditioning as the host's sampler holds it."""

Sides = Mapping[str, Sequence[Cond]]
"""The sides of a guidance by name: "positive", "negative", and what else a guider has."""


def attachment_on_side(cond: Cond, key: str, side: str, originals: Sides) -> Attachment | None:
    """A conditioning's attachment, as its side of the guidance sees it.

    The host copies a conditioning with an area to the other sides, where it stands for the
    other side's own text; only its uuid tells.
    """
    attachment = attachment_of(cond, key)
    homes = [name for name, conds in originals.items() if _has(conds, cond.get("uuid"))]
    is_copy = bool(homes) and side not in homes
    return attachment.opposite() if attachment and is_copy else attachment


def area_of(cond: Cond, noise: Tensor) -> Box | None:
    """The part of the canvas that a conditioning acts on; None for all of it."""
    if "area" not in cond:
        return None
    height, width, y, x = cond["area"]
    rows, columns = noise.shape[-2:]
    box = Box(x / columns, y / rows, (x + width) / columns, (y + height) / rows).clamped()
    return None if box == CANVAS else box


def runs_at(cond: Cond, sigma: float) -> bool:
    """Whether a conditioning's timestep range holds the noise level."""
    return cond.get("timestep_end", 0.0) <= sigma <= cond.get("timestep_start", float("inf"))


def without(model_conds: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A copy of model conds that lacks one."""
    return {key: value for key, value in model_conds.items() if key != name}


def _has(conds: Sequence[Cond], uuid: Any) -> bool:
    return any(cond.get("uuid") == uuid for cond in conds)
