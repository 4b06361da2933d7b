"""Extra channels of the first convolution in a run of the host's sampler.

Of a map, or of the picture that an inpainting GLIGEN paints in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from ...gligen_core.errors import GligenError
from ...gligen_core.inpaint import extra_channels
from ...gligen_core.model import GligenModel
from .grounding import Attachment
from .inpainting import Inpainting, inpainting_of
from .tokens import check_batch


class ChannelMaker:
    """Extra channels of a run, made once per distinct map.

    attachments: of all conditionings in the run · noise: b 4 h w
    A conditioning without its own has the first one's: the official guidance keeps a map, and
    the picture that is painted in, on both sides.
    """

    def __init__(
        self, net: GligenModel, model: Any, attachments: Sequence[Attachment], noise: Tensor
    ) -> None:
        self._net, self._model, self._noise = net, model, noise
        self._first = attachments[0]
        self._made: dict[int, Tensor] = {}
        self._painted: Inpainting | None = None

    def expect(self, conds: Sequence[Mapping[str, Any]]) -> None:
        """Find the picture to paint in, for conditionings that have none of their own."""
        if self._net.inpaint:
            found = [own for cond in conds if (own := inpainting_of(cond)) is not None]
            if not found:
                raise GligenError(
                    "Apply GLIGEN: this GLIGEN paints inside a picture, but the conditioning has "
                    "none. Put a GLIGEN Inpaint node before the sampler, or load a GLIGEN for "
                    "generation."
                )
            self._painted = found[0]

    def of(self, cond: Mapping[str, Any], attachment: Attachment | None) -> Tensor | None:
        """-> b k h w on the run's device, or None where this GLIGEN has no use for any."""
        if self._net.inpaint:
            own = inpainting_of(cond) or self._painted
            assert own is not None
            return self._once(own, self._inpainting)
        if self._net.downsample_net is None:
            return None
        return self._once((attachment or self._first).inputs, self._map)

    def _once(self, source: Any, make: Any) -> Tensor:
        if id(source) not in self._made:
            self._made[id(source)] = make(source)
        return self._made[id(source)]

    def _map(self, inputs: Any) -> Tensor:
        height, width = self._noise.shape[-2:]
        placed = inputs.on_canvas(height, width).to(self._noise.device)
        return self._net.downsample_net(placed.picture, height, width)

    def _inpainting(self, painted: Inpainting) -> Tensor:
        if painted.latent.shape[1:] != self._noise.shape[1:]:
            raise GligenError(
                f"GLIGEN Inpaint: its picture has a latent of {_size(painted.latent)} cells, the "
                f"one being sampled {_size(self._noise)}. Sample the latent that GLIGEN Inpaint "
                "gives."
            )
        check_batch(len(painted.latent), len(self._noise), "pictures to paint in")
        latent = self._model.process_latent_in(painted.latent.to(self._noise))
        return extra_channels(latent, painted.keep.to(self._noise))


def _size(latent: Tensor) -> str:
    return f"{latent.shape[-1]} x {latent.shape[-2]}"
