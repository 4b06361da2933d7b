"""Says so when a grounded conditioning is sampled on a MODEL that lacks its GLIGEN.

Nothing of ours runs then, except what rides on the conditioning: a model cond, which the host
asks for its value in each step. `patch` takes it off where the GLIGEN is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comfy.conds import CONDConstant

from ..gligen_core.text import logger

_log = logger(__name__)


class Guard(CONDConstant):
    """A constant, the GLIGEN's name, that warns once when a sampler gets as far as reading it.

    Both sides of the guidance carry it, so that the host still puts them into one batch.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._told = False

    def process_cond(self, batch_size: int, **kwargs: Any) -> CONDConstant:
        if not self._told:
            self._told = True
            _log.warning(
                "A conditioning is grounded with %s, but the MODEL that samples it lacks this "
                "GLIGEN: its boxes have no effect. Wire MODEL from Apply GLIGEN to the sampler.",
                self.cond,
            )
        return CONDConstant(self.cond)


def guard_name(key: str) -> str:
    """The name of a GLIGEN's guard among the model conds."""
    return f"gligen_guard:{key}"


def guarded(options: Mapping[str, Any], key: str, guard: Guard) -> dict[str, Any]:
    """A copy of a conditioning's options with the guard of the GLIGEN of that key."""
    model_conds = {**options.get("model_conds", {}), guard_name(key): guard}
    return {**options, "model_conds": model_conds}
