"""The widened first convolution inside the host's UNet.

The UNet's own convolution runs as it is, with whatever patches it has; what the GLIGEN's differs
by is added for the rows whose gate is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ...gligen_core.bases import LATENT_CHANNELS
from ...gligen_core.layers.first_conv import Difference, difference, only_extra
from ...gligen_core.model import GligenModel
from .unet_hooks import FIRST_BLOCK, FIRST_CONVOLUTION, first_convolution

WIDENING = "gligen_widening"  # the transformer option under which a forward finds these


class Widening(NamedTuple):
    """What the first convolution reads in one forward for one GLIGEN.

    extra: b k h w · opened: b 1 1 1 in {0, 1}, or None where every row is open
    """

    change: Difference
    extra: Tensor
    opened: Tensor | None


def change_of(net: GligenModel, patcher: Any) -> Difference | None:
    """What a GLIGEN's first convolution differs by from a MODEL's own, or None without one.

    The MODEL's own is taken before any LoRA, which the sum then keeps.
    """
    wide = net.first_conv
    if wide is None:
        return None
    own = first_convolution(patcher.model)
    if own.in_channels != LATENT_CHANNELS:  # the host's inpainting UNet
        return only_extra(wide.weight, LATENT_CHANNELS)
    weight, bias = (_unpatched(patcher, own, name) for name in ("weight", "bias"))
    wide_bias = torch.zeros_like(bias) if wide.bias is None else wide.bias
    return difference(
        wide.weight.to(weight.device), wide_bias.to(bias.device), weight.detach(), bias.detach()
    )


def _unpatched(patcher: Any, layer: nn.Module, name: str) -> Tensor:
    kept = getattr(patcher, "backup", {}).get(f"{FIRST_CONVOLUTION}.{name}")
    return getattr(layer, name) if kept is None else kept.weight


def with_widening(transformer_options: Mapping[str, Any], widening: Widening) -> dict[str, Any]:
    """A copy of the options of a forward in which this first convolution, too, acts."""
    patches = transformer_options.get("patches", {})
    name = "forward_timestep_embed_patch"
    others = [patch for patch in patches.get(name, ()) if patch != PATCH]
    return {
        **transformer_options,
        WIDENING: (*transformer_options.get(WIDENING, ()), widening),
        # The host takes the first that fits the layer's class, so ours stands before others.
        "patches": {**patches, name: [PATCH, *others]},
    }


def widen(
    layer: nn.Module,
    x: Tensor,
    embedding: Tensor,
    context: Tensor,
    transformer_options: Mapping[str, Any],
    *args: Any,
) -> Tensor:
    """The host's `forward_timestep_embed_patch`; x: b c h w -> b c_out h w."""
    out = layer(x)
    if tuple(transformer_options.get("block", ())) != FIRST_BLOCK:
        return out
    latent = x[:, :LATENT_CHANNELS]  # behind it lie the host's own inpainting channels, if any
    for change, extra, opened in transformer_options.get(WIDENING, ()):
        added = change.to(latent)(latent, extra.to(latent))
        out = out + (added if opened is None else opened.to(added) * added)
    return out


PATCH = (nn.Conv2d, widen)
