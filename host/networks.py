"""Networks in the hands of the host's memory management: one for each device and precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import comfy.model_management
import comfy.model_patcher
import comfy.ops
import torch

from ..gligen_core.model import GligenModel

# The host's own choice of patcher where it has one (dynamic memory), else the plain one.
Patcher = getattr(comfy.model_patcher, "CoreModelPatcher", comfy.model_patcher.ModelPatcher)
HALF = (torch.float16, torch.bfloat16)


def managed(
    network: torch.nn.Module, make_again: Callable[[], Any], load_device: Any = None
) -> Any:
    """A patcher of a network.

    make_again: gives such a patcher with weights of its own; hosts that split a run among
    several devices ask for one for each
    """
    patcher = Patcher(
        network.eval(),
        load_device=load_device or comfy.model_management.get_torch_device(),
        offload_device=comfy.model_management.unet_offload_device(),
    )
    # Of newer hosts, which ask by it.
    patcher.cached_patcher_init = (  # pyright: ignore[reportAttributeAccessIssue]
        _again,
        (make_again,),
    )
    return patcher


def _again(make_again: Callable[[], Any], disable_dynamic: bool = False) -> Any:
    """The host's way to ask for a patcher anew."""
    return make_again()


def computes_in(model: Any) -> torch.dtype:
    """The precision that the host chose for a MODEL's arithmetic."""
    return getattr(model, "manual_cast_dtype", None) or model.get_dtype()


def narrowed(network: GligenModel, wanted: torch.dtype) -> torch.dtype | None:
    """The dtype to convert a network to, so that no step casts its weights; None: it stays.

    Only float32 follows a UNet of half precision, as in the host's own loader: weights that were
    saved smaller, as fp8, are somebody's choice.
    """
    own = {parameter.dtype for parameter in network.parameters()}
    return wanted if own == {torch.float32} and wanted in HALF else None


def copied(network: GligenModel, dtype: torch.dtype | None = None) -> GligenModel:
    """A network of its own with the same weights, in another dtype if one is given."""
    with torch.inference_mode(False), torch.no_grad():
        weights = {
            name: weight.detach().to(dtype or weight.dtype, copy=True)
            for name, weight in network.state_dict().items()
        }
        with torch.device("meta"):
            copy = GligenModel(network.config, comfy.ops.manual_cast, network.info)
        copy.load_state_dict(weights, assign=True)
    return copy
