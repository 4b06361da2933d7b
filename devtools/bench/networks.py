"""The networks of one run of the bench in the host's classes, made when first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from .pipeline import gated_unet, text_box_pipeline
from .process import Modules
from .weights import SIZES, Noise, ready_files

# CLIP ViT-L/14's width, but two layers: prompts are encoded before the clock starts.
ENCODER = {"num_hidden_layers": 2, "num_attention_heads": 12, "intermediate_size": 3072}


class Networks:
    """size: of SIZES · dtype: what the UNet and, on a GPU, all others compute in"""

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
        config = self.pack("nodes.host.demo_model").host_unet_config(self.sizes)
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
            self._gligens[file] = self.pack("nodes.host.files").load(file.name, "auto")
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
