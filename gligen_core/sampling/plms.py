"""The official samplers: PLMS (arXiv 2202.09778) and DDIM (arXiv 2010.02502), eta 0.

Official `ldm/models/diffusion/plms.py` and `ddim.py`. x is in the scale of training: at alpha_bar
a it is sqrt(a) x_0 + sqrt(1 - a) eps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

HISTORY = 3  # earlier predictions that a step looks back at


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One question to the network: x: b 4 h w at levels[level], asked within step `step`.

    `level` differs from `step` in the second evaluation of the first step, where the gate is
    still that of the first.
    """

    x: Tensor
    step: int
    level: int


Predict = Callable[[Evaluation], Tensor]
"""-> eps: b 4 h w, guidance included"""

BeforeStep = Callable[[Tensor, int], Tensor]
"""(x, step) -> x: where inpainting puts the known region back"""

AfterStep = Callable[[int, Tensor, Tensor], None]
"""(step, x after it, eps of its first evaluation)"""


def plms(
    predict: Predict,
    x: Tensor,
    alphas: Sequence[float],
    before_step: BeforeStep | None = None,
    after_step: AfterStep | None = None,
) -> Tensor:
    """Pseudo linear multistep: n steps by n + 1 evaluations.

    alphas: alpha_bar at each of the n steps, then the one to end at -> x: b 4 h w
    """
    history: list[Tensor] = []
    steps = len(alphas) - 1
    for step in range(steps):
        if before_step is not None:
            x = before_step(x, step)
        eps = predict(Evaluation(x, step, step))
        if history:
            combined = multistep(eps, history)
        else:
            provisional = advanced(x, eps, alphas[step], alphas[step + 1])
            following = min(step + 1, steps - 1)
            combined = (eps + predict(Evaluation(provisional, step, following))) / 2
        x = advanced(x, combined, alphas[step], alphas[step + 1])
        history = [eps, *history][:HISTORY]
        if after_step is not None:
            after_step(step, x, eps)
    return x


def ddim(
    predict: Predict,
    x: Tensor,
    alphas: Sequence[float],
    before_step: BeforeStep | None = None,
    after_step: AfterStep | None = None,
) -> Tensor:
    """One evaluation per step, nothing looked back at; arguments as in `plms`."""
    for step in range(len(alphas) - 1):
        if before_step is not None:
            x = before_step(x, step)
        eps = predict(Evaluation(x, step, step))
        x = advanced(x, eps, alphas[step], alphas[step + 1])
        if after_step is not None:
            after_step(step, x, eps)
    return x


def multistep(eps: Tensor, history: Sequence[Tensor]) -> Tensor:
    """Adams-Bashforth over the predictions of the last steps. history: the newest first."""
    match history:
        case (one,):
            return (3 * eps - one) / 2
        case (one, two):
            return (23 * eps - 16 * one + 5 * two) / 12
        case (one, two, three):
            return (55 * eps - 59 * one + 37 * two - 9 * three) / 24
        case _:
            raise AssertionError(f"{len(history)} earlier predictions; expected 1 to {HISTORY}")


def advanced(x: Tensor, eps: Tensor, alpha: float, alpha_after: float) -> Tensor:
    """x at `alpha` brought to `alpha_after` along eps."""
    clean = (x - math.sqrt(1 - alpha) * eps) / math.sqrt(alpha)
    return math.sqrt(alpha_after) * clean + math.sqrt(1 - alpha_after) * eps
