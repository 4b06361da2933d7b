"""Diffusers' GLIGEN pipeline for text boxes, on the networks that the host has."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gligen_core.bases.sd_keys import to_diffusers
from gligen_core.unet import UNetConfig

from ..host_modules import Modules

SMALL_VAE = [32] * 4  # its widths; it only tells the pipeline how large latents are


def text_box_pipeline(unet: nn.Module, encoder: Any, heads: int, host: Modules) -> Any:
    """One of the pipelines that diffusers keeps as deprecated, with an Euler scheduler.

    encoder: the host's text model, whose weights it shares · heads: of its attention
    """
    diffusers, transformers = _libraries()
    made = diffusers.StableDiffusionGLIGENPipeline(
        vae=diffusers.AutoencoderKL(
            down_block_types=["DownEncoderBlock2D"] * 4,
            up_block_types=["UpDecoderBlock2D"] * 4,
            block_out_channels=SMALL_VAE,
        ),
        text_encoder=_text_encoder(transformers, encoder.transformer.state_dict(), heads),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(
            Path(host("comfy.sd1_clip").__file__).parent / "sd1_tokenizer", model_max_length=77
        ),
        unet=unet,
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            timestep_spacing="linspace",
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    made.set_progress_bar_config(disable=True)
    diffusers.logging.set_verbosity(logging.ERROR)
    return made


def gated_unet(
    sizes: UNetConfig, model: Any, gligen: Mapping[str, Tensor], host: Modules
) -> nn.Module:
    """Diffusers' UNet with fusers, holding the very tensors of the host's model and of a GLIGEN.

    gligen: by LDM names · sizes: of two residual blocks a level, as SD's are
    """
    diffusers, _ = _libraries()
    attended = [depth > 0 for depth in sizes.depth]
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel(
            attention_type="gated",
            attention_head_dim=sizes.heads,
            block_out_channels=[sizes.model_channels * times for times in sizes.channel_mult],
            cross_attention_dim=sizes.context,
            down_block_types=["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attended],
            up_block_types=["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in attended[::-1]],
            transformer_layers_per_block=[max(depth, 1) for depth in sizes.depth],
        )
    weights = model.diffusion_model.state_dict()
    names = host("comfy.utils").unet_to_diffusers(model.model_config.unet_config)
    found = {name: weights[ldm] for name, ldm in names.items() if ldm in weights}
    found |= {to_diffusers(name): weight for name, weight in gligen.items()}
    unet.load_state_dict(found, assign=True)
    return unet.eval().requires_grad_(False)


def _libraries() -> tuple[Any, Any]:
    """diffusers and transformers; the first import takes seconds."""
    with warnings.catch_warnings(action="ignore"):
        import diffusers
        import transformers
    return diffusers, transformers


def _text_encoder(transformers: Any, weights: Mapping[str, Tensor], heads: int) -> Any:
    """transformers' own, of the sizes that these weights have."""
    table = weights["text_model.embeddings.token_embedding.weight"]
    layers = {name.split(".")[3] for name in weights if name.startswith("text_model.encoder.")}
    config = transformers.CLIPTextConfig(
        vocab_size=table.shape[0],
        hidden_size=table.shape[1],
        projection_dim=table.shape[1],
        intermediate_size=weights["text_model.encoder.layers.0.mlp.fc1.weight"].shape[0],
        num_hidden_layers=len(layers),
        num_attention_heads=heads,
        hidden_act="quick_gelu",
        eos_token_id=49407,
    )
    with torch.device("meta"):
        whole = transformers.CLIPTextModelWithProjection(config)
    whole.load_state_dict({name: weights[name] for name in whole.state_dict()}, assign=True)
    whole.text_model.embeddings.position_ids = torch.arange(77)[None]  # of no state dict
    # Some releases keep the part without the projection whole inside it.
    if isinstance(whole.text_model, transformers.CLIPTextModel):
        return whole.text_model.eval()
    with torch.device("meta"):
        made = transformers.CLIPTextModel(config)
    made.text_model = whole.text_model
    return made.eval()
