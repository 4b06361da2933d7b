"""Grounding tokens of a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from torch import Tensor

from ..errors import GligenError
from ..geometry import Box
from ..modalities.modality import TokenizerInputs
from ..model import GligenModel


class TokenMaker:
    """Tokens of a run, made once per distinct (grounding, area), all of one number.

    inputs: of all groundings in the run · noise: b 4 h w
    """

    def __init__(self, net: GligenModel, inputs: Sequence[TokenizerInputs], noise: Tensor) -> None:
        self._net, self._device = net, noise.device
        self._batch, _, self._height, self._width = noise.shape
        self._slots = max(each.slots for each in inputs)
        self._made: dict[tuple[int, Box | None], Tensor] = {}

    @cached_property
    def null(self) -> Tensor:
        """1 n c: nothing is named."""
        return self._net.position_net.null_tokens(self._slots).to(self._device)

    def of(self, inputs: TokenizerInputs, area: Box | None) -> Tensor:
        """-> 1 n c, or b n c for a grounding of each picture; as seen from an area."""
        wanted = id(inputs), area
        if wanted not in self._made:
            check_batch(inputs.batch, self._batch, "groundings")
            seen: Any = inputs.on_canvas(self._height, self._width)
            seen = seen if area is None else seen.within(area)
            self._made[wanted] = self._net.position_net(seen.padded(self._slots).to(self._device))
        return self._made[wanted]


def check_batch(count: int, pictures: int, what: str) -> None:
    """GligenError unless there is one for all pictures of the batch, or one for each."""
    if count not in (1, pictures):
        raise GligenError(
            f"Apply GLIGEN: {count} {what} for a batch of {pictures} "
            f"picture{'s' * (pictures != 1)}; expected 1 for all of them, or {pictures}. "
            "Change the batch size of the latent, or the number of layouts or maps."
        )
