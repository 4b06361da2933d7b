"""SD1.x, SD2.x and SDXL, small, in the host's own classes; GLIGENs as diffusers saves them."""

from functools import cached_property

import torch
from diffusers_unets import FAMILIES, SDXL_ONLY, random_unet
from studio import randomised

LAYERS = 3  # the host takes the last but one
TINY = {"num_hidden_layers": LAYERS, "num_attention_heads": 4, "intermediate_size": 64}
POOLED = 1280  # of SDXL's prompt: the width of OpenCLIP ViT-bigG/14


class Families:
    """One of each base, made when first asked for."""

    def __init__(self, studio):
        self.studio = studio
        makers = {"SD1.x": self.sd1_clip, "SD2.x": self.sd2_clip, "SDXL": self.sdxl_clip}
        self.bases = {base: Base(studio, base, clip) for base, clip in makers.items()}

    def __getitem__(self, base):
        return self.bases[base]

    def sd1_clip(self):
        return self.studio.clip

    def sd2_clip(self):
        module = self.studio.host("comfy.text_encoders.sd2_clip")
        return self.clip(module.SD2Tokenizer, module.SD2ClipModel, ["clip_h"])

    def sdxl_clip(self):
        module = self.studio.host("comfy.sdxl_clip")
        return self.clip(module.SDXLTokenizer, module.SDXLClipModel, ["clip_l", "clip_g"])

    def clip(self, tokenizer, model, encoders):
        """The host's CLIP, of the real widths but with few layers, random weights."""
        target = self.studio.host("comfy.supported_models_base").ClipTarget(tokenizer, model)
        options = {f"{encoder}_model_config": TINY for encoder in encoders}
        clip = self.studio.host("comfy.sd").CLIP(
            target, model_options={"dtype": torch.float32, **options}
        )
        return randomised(clip, len(encoders))


class Base:
    """unet: diffusers' · model, clip: the host's MODEL with its weights, and a CLIP
    gligen: that UNet's, loaded from the folder that diffusers saved"""

    def __init__(self, studio, name, make_clip):
        self.studio, self.name, self.shape = studio, name, FAMILIES[name]
        self._make_clip = make_clip

    @cached_property
    def clip(self):
        return self._make_clip()

    @cached_property
    def unet(self):
        extra = SDXL_ONLY if self.name == "SDXL" else {}
        return random_unet(self.shape.diffusers(**extra))

    @cached_property
    def gligen(self):
        folder = f"small-{self.name}"
        self.unet.save_pretrained(self.studio.folder / folder / "unet")
        return self.studio.load(folder)

    @cached_property
    def model(self):
        supported = self.studio.host("comfy.supported_models")
        classes = {"SD1.x": supported.SD15, "SD2.x": supported.SD20, "SDXL": supported.SDXL}
        settings = classes[self.name](self.host_config())
        settings.set_inference_dtype(torch.float32, None)
        model = settings.get_model({}, "")
        weights = self.unet.state_dict()
        names = self.studio.host("comfy.utils").unet_to_diffusers(settings.unet_config)
        model.diffusion_model.load_state_dict(
            {ldm: weights[name] for name, ldm in names.items() if name in weights}
        )
        management = self.studio.host("comfy.model_management")
        return self.studio.host("comfy.model_patcher").ModelPatcher(
            model, management.get_torch_device(), management.unet_offload_device()
        )

    def host_config(self):
        """The arguments of the host's UNet."""
        shape = self.shape
        sizes = self.studio.pack("gligen_core.unet").UNetConfig(
            model_channels=shape.widths[0],
            channel_mult=tuple(width // shape.widths[0] for width in shape.widths),
            res_blocks=(2,) * len(shape.widths),
            depth=shape.depth,
            context=shape.context,
        )
        config = self.studio.pack("host.demo_model").host_unet_config(sizes)
        config["use_linear_in_transformer"] = self.name != "SD1.x"
        if self.name == "SDXL":
            width = SDXL_ONLY["projection_class_embeddings_input_dim"]
            config |= {"adm_in_channels": width, "num_classes": "sequential"}
        return config

    def ground(self, layout=None):
        node = self.studio.pack("nodes.ground").Ground
        return node.execute(self.gligen, self.clip, layout or self.studio.layout())[0]

    def apply(self, grounding=None, **changes):
        prompts = [self.studio.text(words, self.clip) for words in ("a photo", "")]
        return self.studio.apply(self.model, *prompts, grounding or self.ground(), **changes)
