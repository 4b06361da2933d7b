"""Extra channels of the first convolution: of a map, or of the picture that is painted in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..bases import LATENT_CHANNELS
from ..errors import GligenError
from ..layers.first_conv import Difference, difference, only_extra
from ..model import GligenModel
from ..sampling.inpaint import extra_channels
from .attachment import Attachment, Conditioned, Inpainting
from .tokens import check_batch


class Convolution(NamedTuple):
    """The UNet's own first convolution, before any LoRA. weight: c k 3 3 · bias: c"""

    weight: Tensor
    bias: Tensor


def change_of(net: GligenModel, own: Convolution) -> Difference | None:
    """What a GLIGEN's first convolution differs by from the UNet's own, or None without one."""
    wide = net.first_conv
    if wide is None:
        return None
    if own.weight.shape[1] != LATENT_CHANNELS:  # the host's inpainting UNet
        return only_extra(wide.weight, LATENT_CHANNELS)
    weight, bias = own
    wide_bias = torch.zeros_like(bias) if wide.bias is None else wide.bias
    return difference(
        wide.weight.to(weight.device), wide_bias.to(bias.device), weight.detach(), bias.detach()
    )


class ChannelMaker:
    """Extra channels of a run, made once per distinct map.

    attachments: of all conditionings in the run · noise: b 4 h w
    A conditioning without its own has the first one's: the official guidance keeps a map, and
    the picture that is painted in, on both sides.
    """

    def __init__(self, net: GligenModel, attachments: Sequence[Attachment], noise: Tensor) -> None:
        self._net, self._noise = net, noise
        self._first = attachments[0]
        self._made: dict[int, Tensor] = {}
        self._painted: Inpainting | None = None

    def expect(self, conds: Sequence[Conditioned]) -> None:
        """Find the picture to paint in, for conditionings that have none of their own."""
        if self._net.inpaint:
            found = [cond.inpainting for cond in conds if cond.inpainting]
            if not found:
                raise GligenError(
                    "Apply GLIGEN: this GLIGEN paints inside a picture, but the conditioning has "
                    "none. Put a GLIGEN Inpaint node before the sampler, or load a GLIGEN for "
                    "generation."
                )
            self._painted = found[0]

    def of(self, cond: Conditioned) -> Tensor | None:
        """-> b k h w on the run's device, or None where this GLIGEN has no use for any."""
        if self._net.inpaint:
            own = cond.inpainting or self._painted
            assert own is not None
            return self._once(own, self._inpainting)
        if self._net.downsample_net is None:
            return None
        return self._once((cond.attachment or self._first).inputs, self._map)

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
        latent, keep = painted.latent.to(self._noise), painted.keep.to(self._noise)
        return extra_channels(latent, keep)


def _size(latent: Tensor) -> str:
    return f"{latent.shape[-1]} x {latent.shape[-2]}"
