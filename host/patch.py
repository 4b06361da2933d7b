"""A GLIGEN on a MODEL, and the wrapper that runs it.

The MODEL carries the network, as an additional model in the care of the host's memory management,
and one wrapper around the sampler. Nothing is kept in `model_options`, which the host copies deep.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from comfy.patcher_extension import WrappersMP
from torch import Tensor

from ..gligen_core.engine.approximations import EXACT, Shortcuts
from ..gligen_core.engine.attachment import Gate
from .files import LoadedGligen
from .fit import check_fit
from .wrappers import HostRun


def attach(patcher: Any, gligen: LoadedGligen, gate: Gate, shortcuts: Shortcuts = EXACT) -> Any:
    """A copy of the host's MODEL that grounds with this GLIGEN; GligenError if it does not fit.

    gate: for conditionings that bring none of their own. The same GLIGEN attached again only
    replaces the gate and the shortcuts.
    """
    check_fit(patcher, gligen)
    grounded = patcher.clone()
    grounded.set_additional_models(gligen.key, [gligen.beside(patcher)])
    grounded.remove_wrappers_with_key(WrappersMP.SAMPLER_SAMPLE, gligen.key)
    grounded.add_wrapper_with_key(
        WrappersMP.SAMPLER_SAMPLE, gligen.key, partial(_sample, gligen.key, gate, shortcuts)
    )
    return grounded


def _sample(
    key: str,
    gate: Gate,
    shortcuts: Shortcuts,
    executor: Any,
    guider: Any,
    sigmas: Tensor,
    extra_args: dict[str, Any],
    callback: Any,
    noise: Tensor,
    *args: Any,
    **kwargs: Any,
) -> Tensor:
    """The host's sampler with this GLIGEN in it, for as long as it runs."""
    conds = guider.conds
    options = extra_args["model_options"]
    run = HostRun(key, guider.model_patcher, gate, sigmas.tolist(), shortcuts, options)
    try:
        guider.conds = run.ground(guider, noise)
        return executor(guider, sigmas, extra_args, callback, noise, *args, **kwargs)
    finally:
        guider.conds = conds
