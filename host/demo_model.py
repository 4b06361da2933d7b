"""The demo's weights in the host's own classes, built from explicit sizes.

The host tells checkpoints apart by the widths of the published models, so it could not detect
these small ones from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import comfy.model_management
import comfy.ops
import comfy.sd
import comfy.supported_models
import torch
from comfy.model_base import BaseModel, ModelType
from comfy.sd1_clip import SD1ClipModel, SDClipModel
from comfy.supported_models_base import ClipTarget
from comfy.taesd.taesd import TAESD
from torch import Tensor

from ..gligen_core.demo.autoencoder import Autoencoder
from ..gligen_core.demo.files import load_demo
from ..gligen_core.demo.networks import UNET
from ..gligen_core.demo.text_encoder import CONFIG, TRAINED_TOKENS, VOCABULARY
from ..gligen_core.demo.vocabulary import LENGTH
from ..gligen_core.unet import UNetConfig
from .demo_words import DemoTokenizer
from .networks import Patcher, managed

Weights = Mapping[str, Tensor]

DTYPE = torch.float32  # small enough to spare the rounding
TOKEN_TABLE = "text_model.embeddings.token_embedding.weight"


def load_demo_model() -> tuple[Any, comfy.sd.CLIP, comfy.sd.VAE]:
    """MODEL, CLIP and VAE from the weights that come with the pack."""
    weights = load_demo()
    return (
        host_model(weights.unet),
        host_clip(weights.text_encoder),
        DemoVAE(weights.autoencoder),
    )


class DemoModelConfig(comfy.supported_models.SD15):
    """An SD1.x of other sizes, trained to predict velocity."""

    unet_config: dict[str, Any] = {}  # noqa: RUF012 - as the host's classes declare it

    def __init__(self, config: UNetConfig) -> None:
        self.unet_extra_config = {"num_heads": config.heads, "num_head_channels": -1}
        super().__init__(host_unet_config(config))

    def model_type(self, state_dict: Weights, prefix: str = "") -> ModelType:
        return ModelType.V_PREDICTION


def host_unet_config(config: UNetConfig) -> dict[str, Any]:
    """The arguments of the host's UNet class for these sizes."""
    levels = list(zip(config.res_blocks, config.depth, strict=True))
    return {
        "image_size": 32,  # not used, but asked for
        "in_channels": config.in_channels,
        "out_channels": config.out_channels,
        "model_channels": config.model_channels,
        "channel_mult": list(config.channel_mult),
        "num_res_blocks": list(config.res_blocks),
        "transformer_depth": [depth for blocks, depth in levels for _ in range(blocks)],
        "transformer_depth_output": [depth for blocks, depth in levels for _ in range(blocks + 1)],
        "transformer_depth_middle": max(config.depth[-1], 1),
        "context_dim": config.context,
        "use_spatial_transformer": True,
        "use_linear_in_transformer": False,
        "use_temporal_attention": False,
        "adm_in_channels": None,
        "legacy": False,
    }


def host_model(weights: Weights, config: UNetConfig = UNET) -> Any:
    """The host's MODEL of a UNet with these sizes and weights (keys of `gligen_core.unet`)."""
    settings = DemoModelConfig(config)
    settings.set_inference_dtype(DTYPE, None)
    model: BaseModel = settings.get_model({}, "")
    model.diffusion_model.load_state_dict(weights)
    return managed(model, lambda: host_model(weights, config))


class DemoTextModel(SDClipModel):
    """The demo's text encoder behind the host's CLIP."""

    def __init__(self, device: Any = "cpu", dtype: Any = None, model_options: Any = None) -> None:
        super().__init__(
            device=device,
            max_length=LENGTH,
            dtype=dtype,
            textmodel_json_config=dict(CONFIG),
            return_projected_pooled=False,
            model_options=model_options or {},
        )


def host_clip(weights: Weights) -> comfy.sd.CLIP:
    """The host's CLIP of the demo's text encoder; tokens it never learned embed to zero."""
    learned = weights[TOKEN_TABLE]
    table = learned.new_zeros(VOCABULARY, learned.shape[1])
    table[list(TRAINED_TOKENS)] = learned
    clip = comfy.sd.CLIP(
        ClipTarget(DemoTokenizer, SD1ClipModel),
        tokenizer_data={"clip_l_max_length": LENGTH},
        model_options={"dtype": DTYPE, "clip_l_class": DemoTextModel},
    )
    clip.tokenizer.known = frozenset(table.abs().sum(1).nonzero().flatten().tolist())
    projection = torch.eye(learned.shape[1])  # the host asks for one; the demo has none
    clip.load_sd({**weights, TOKEN_TABLE: table, "text_projection.weight": projection})
    return clip


class DemoVAE(comfy.sd.VAE):
    """The host's VAE around the demo's autoencoder.

    The host builds its network by the keys of a state dict, none of which mean ours; TAESD has
    the same shapes outside, and ours takes its place.
    """

    def __init__(self, weights: Weights) -> None:
        super().__init__(sd=TAESD().state_dict())
        network = Autoencoder(ops=comfy.ops.manual_cast)
        network.load_state_dict(weights)
        self.first_stage_model = network.to(self.vae_dtype).eval()
        self.patcher = Patcher(
            network,
            load_device=self.device,
            offload_device=comfy.model_management.vae_offload_device(),
        )
        self.size = None
