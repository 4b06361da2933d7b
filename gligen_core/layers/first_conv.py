"""The widened first convolution, as the UNet's own plus a difference.

W_gligen * [x ; extra] = W * x + (W_gligen - [W ; 0]) * [x ; extra]

So the UNet's own convolution still runs, with any LoRA on it, and leaving the difference out is
the official `restore_first_conv_from_SD`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from ..errors import GligenError


class Difference(NamedTuple):
    """weight: c (4 + k) 3 3 · bias: c"""

    weight: Tensor
    bias: Tensor

    def to(self, x: Tensor) -> Difference:
        return Difference(self.weight.to(x), self.bias.to(x))

    def __call__(self, x: Tensor, extra: Tensor) -> Tensor:
        """What to add to the UNet's own convolution of x.

        x: b 4 h w · extra: b k h w -> b c h w
        """
        both = torch.cat((x, extra), dim=1)
        return functional.conv2d(both, self.weight, self.bias, padding=1)


def difference(weight: Tensor, bias: Tensor, own_weight: Tensor, own_bias: Tensor) -> Difference:
    """weight: c (4 + k) 3 3, bias: c of the GLIGEN · own_weight: c 4 3 3, own_bias: c of the UNet

    GligenError where they differ in width.
    """
    if weight.shape[0] != own_weight.shape[0] or weight.shape[1] < own_weight.shape[1]:
        raise GligenError(
            f"the GLIGEN's first convolution is {tuple(weight.shape)}, the MODEL's "
            f"{tuple(own_weight.shape)}; expected as many channels out, and more in. "
            "Load the base model that the GLIGEN was made for."
        )
    change = weight.float().clone()
    change[:, : own_weight.shape[1]] -= own_weight.float()
    return Difference(change, bias.float() - own_bias.float())


def only_extra(weight: Tensor, channels: int) -> Difference:
    """The part for the extra channels alone, for a UNet that has its own idea of the latent.

    weight: c (4 + k) 3 3 of the GLIGEN · channels: 4
    """
    change = weight.float().clone()
    change[:, :channels] = 0
    return Difference(change, change.new_zeros(len(change)))
