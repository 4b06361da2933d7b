"""What a guidance may do in a run, and how a list of them is applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from torch import Tensor

from ..bases.blocks import BlockId
from ..engine.attachment import Conditioned
from ..engine.forward import BlockProbe
from ..engine.step import StepInfo

Sides = Mapping[str, Conditioned]
"""Conditionings by the name of their side: POSITIVE, NEGATIVE, and those that guidances add."""

Outputs = Mapping[str, Tensor]
"""What the network predicts on each side, b 4 h w, by its name; GUIDED: the result so far."""

Predict = Callable[[Tensor], Outputs]
"""x: b 4 h w -> the outputs of all sides, differentiable with respect to x"""

POSITIVE, NEGATIVE, GUIDED = "positive", "negative", "guided"


class Guidance(Protocol):
    """One way to steer a run. `Unguided` does nothing; an implementation changes what it needs."""

    @property
    def probe(self) -> BlockProbe | None:
        """Is shown the attention to grounding tokens in every block; None: nothing is computed."""
        ...

    def extra_sides(self, conds: Sides) -> Sides:
        """Sides to evaluate beside those that there are, such as one without grounding."""
        ...

    def before_step(self, x: Tensor, step: StepInfo, predict: Predict) -> Tensor:
        """x: b 4 h w at the start of a step -> x, moved where the guidance wants it."""
        ...

    def combine(self, outputs: Outputs, step: StepInfo) -> Tensor:
        """-> b 4 h w: the result so far (GUIDED) with this guidance in it."""
        ...


class Unguided:
    """The guidance that changes nothing."""

    @property
    def probe(self) -> BlockProbe | None:
        return None

    def extra_sides(self, conds: Sides) -> Sides:
        return {}

    def before_step(self, x: Tensor, step: StepInfo, predict: Predict) -> Tensor:
        return x

    def combine(self, outputs: Outputs, step: StepInfo) -> Tensor:
        return outputs[GUIDED]


def all_sides(conds: Sides, guidances: Sequence[Guidance]) -> Sides:
    """The sides of a run: its own, then those of each guidance in their order."""
    sides = dict(conds)
    for guidance in guidances:
        sides |= guidance.extra_sides(conds)
    return sides


def moved(x: Tensor, step: StepInfo, predict: Predict, guidances: Sequence[Guidance]) -> Tensor:
    """x at the start of a step, as all guidances want it. Without any: x itself."""
    for guidance in guidances:
        x = guidance.before_step(x, step, predict)
    return x


def combined(
    outputs: Outputs, step: StepInfo, scale: float, guidances: Sequence[Guidance] = ()
) -> Tensor:
    """Classifier-free guidance, then the others in their order.

    outputs: of all sides · scale: 1 for the positive alone
    """
    positive, negative = outputs[POSITIVE], outputs[NEGATIVE]
    guided = negative + scale * (positive - negative)
    for guidance in guidances:
        guided = guidance.combine({**outputs, GUIDED: guided}, step)
    return guided


def probe_of(guidances: Sequence[Guidance]) -> BlockProbe | None:
    """One probe for all that have one; None where none has."""
    probes = [probe for guidance in guidances if (probe := guidance.probe) is not None]
    if not probes:
        return None

    def show(block: BlockId, attention: Tensor) -> None:
        for probe in probes:
            probe(block, attention)

    return show
