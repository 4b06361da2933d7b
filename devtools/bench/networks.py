"""Networks of one run of the bench in the host's classes, on seeded random weights.

The weights have the names and sizes of the published files, and are written when first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gligen_core.checkpoint.build import ldm_weights
from gligen_core.demo.networks import new_gligen
from gligen_core.model import GligenModel
from gligen_core.unet import UNet, UNetConfig

from ..host_modules import Modules
from ..pins import CHECKOUT
from .pipeline import gated_unet, text_box_pipeline

# CLIP ViT-L/14's width, but two layers: prompts are encoded before the clock starts.
ENCODER = {"num_hidden_layers": 2, "num_attention_heads": 12, "intermediate_size": 3072}

FOLDER = CHECKOUT / ".work" / "bench"
VERSION = 1  # of what is written; files of another are made anew
NOISE = 1_000_003  # so many random numbers, again and again; a prime, so that no row has another's
STRIDE = 7919  # between the places in it where tensors of neighbouring name lengths begin

# Sizes by name. "minute" has SD1.5's blocks, all 16 of them, but hardly any arithmetic.
SIZES = {
    "full": UNetConfig(depth=(1, 1, 1, 0)),
    "minute": UNetConfig(model_channels=32, depth=(1, 1, 1, 0)),
}


class Noise:
    """Random weights at the speed of memory."""

    def __init__(self, dtype: torch.dtype = torch.float16) -> None:
        self._dtype = dtype
        self._numbers = torch.randn(NOISE, generator=torch.Generator().manual_seed(0)).to(dtype)

    def weight(self, name: str, shape: Sequence[int]) -> Tensor:
        """As large as keeps the size of what goes through; gates open, null features alive."""
        if not shape:
            return torch.full((), 0.7, dtype=self._dtype)  # alpha_attn, alpha_dense
        if len(shape) == 1 and name.endswith("weight"):
            return torch.ones(shape, dtype=self._dtype)
        count, start = torch.Size(shape).numel(), len(name) * STRIDE % NOISE
        rows = self._numbers.roll(start).repeat(-(-count // NOISE))[:count].reshape(shape)
        return rows * (torch.Size(shape[1:]).numel() ** -0.5 if len(shape) > 1 else 0.1)


@dataclass(frozen=True, slots=True)
class Files:
    """Files of weights. unet: fp16, plain LDM names · gligen_fp16, _fp32: one GLIGEN, twice"""

    unet: Path
    gligen_fp16: Path
    gligen_fp32: Path


def ready_files(size: str, folder: Path = FOLDER) -> Files:
    """Files of that size of SIZES, written unless they are there already."""
    place = folder / f"{size}-{VERSION}"
    files = Files(
        place / "unet.safetensors",
        place / f"{size}_gligen_fp16.safetensors",
        place / f"{size}_gligen_fp32.safetensors",
    )
    place.mkdir(parents=True, exist_ok=True)
    if not files.unet.exists():
        _write(files.unet, _filled(meta_unet(size).state_dict()), torch.float16)
    for file, dtype in ((files.gligen_fp16, torch.float16), (files.gligen_fp32, torch.float32)):
        if not file.exists():
            _write(file, _filled(ldm_weights(meta_gligen(size))), dtype)
    return files


@cache
def meta_unet(size: str) -> UNet:
    """UNet of that size without weights."""
    with torch.device("meta"):
        return UNet(SIZES[size])


@cache
def meta_gligen(size: str) -> GligenModel:
    """Text-box GLIGEN for it, without weights."""
    with torch.device("meta"):
        return new_gligen(meta_unet(size))


def _filled(shapes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    noise = Noise()
    return {name: noise.weight(name, tuple(meta.shape)) for name, meta in shapes.items()}


def _write(file: Path, weights: Mapping[str, Tensor], dtype: torch.dtype) -> None:
    """Under another name until it is whole."""
    partial = file.with_suffix(".partial")
    save_file({name: weight.to(dtype) for name, weight in weights.items()}, partial)
    partial.replace(file)


class Networks:
    """Networks of a run. size: of SIZES · dtype: of the UNet and, on a GPU, of all others"""

    def __init__(
        self, host: Modules, pack: Modules, size: str, folder: Path, dtype: torch.dtype
    ) -> None:
        self.host, self.pack, self.dtype = host, pack, dtype
        self.size, self.sizes = size, SIZES[size]
        self.files = ready_files(size, folder)
        self._gligens: dict[Path, Any] = {}
        self.device: torch.device = host("comfy.model_management").get_torch_device()
        host("folder_paths").add_model_folder_path("gligen", str(self.files.gligen_fp16.parent))

    @cached_property
    def model(self) -> Any:
        """The host's MODEL."""
        config = self.pack("host.demo_model").host_unet_config(self.sizes)
        settings = self.host("comfy.supported_models").SD15(config)
        settings.set_inference_dtype(self.dtype, None)
        model = settings.get_model({}, "")
        model.diffusion_model.load_state_dict(load_file(self.files.unet))
        management = self.host("comfy.model_management")
        return self.host("comfy.model_patcher").ModelPatcher(
            model, self.device, management.unet_offload_device()
        )

    @cached_property
    def clip(self) -> Any:
        """The host's CLIP; it leaves new weights as memory was, so all are filled here."""
        text = self.host("comfy.sd1_clip")
        target = self.host("comfy.supported_models_base").ClipTarget(
            text.SD1Tokenizer, text.SD1ClipModel
        )
        options = {"dtype": torch.float32, "clip_l_model_config": ENCODER}
        clip = self.host("comfy.sd").CLIP(target, model_options=options)
        noise = Noise(torch.float32)
        for name, weight in clip.cond_stage_model.state_dict().items():
            weight.copy_(noise.weight(name, tuple(weight.shape)))
        return clip

    def gligen(self, stored: str = "") -> Any:
        """The pack's GLIGEN; stored: "fp16" or "fp32", else what a run of this dtype would have."""
        file = self.gligen_file(stored)
        if file not in self._gligens:
            self._gligens[file] = self.pack("host.files").load(file.name, "auto")
        return self._gligens[file]

    @cached_property
    def stock_gligen(self) -> Any:
        """The host's own."""
        (gligen,) = self.host("nodes").GLIGENLoader().load_gligen(self.gligen_file().name)
        return gligen

    def gligen_file(self, stored: str = "") -> Path:
        whole = stored == "fp32" or (not stored and self.dtype == torch.float32)
        return self.files.gligen_fp32 if whole else self.files.gligen_fp16

    @cached_property
    def pipeline(self) -> Any:
        """Diffusers'. On the CPU its UNet holds the very tensors of the host's."""
        gligen = load_file(self.gligen_file())
        unet = gated_unet(self.sizes, self.model.model, gligen, self.host)
        encoder = self.clip.cond_stage_model.clip_l
        made = text_box_pipeline(unet, encoder, ENCODER["num_attention_heads"], self.host)
        return made if self.device.type == "cpu" else made.to(self.device, self.dtype)
