"""Tiny GLIGEN files of every mode, with random weights, and what each is grounded with."""

import json

import torch
from safetensors.torch import save_file
from studio import BOXES, CONTEXT, LATENT, PHRASES

SIDE_PX = 8 * LATENT
MAPS = ("hed", "canny", "depth", "normal")
MODES = ("text_box", "text_image_box", "keypoint", *MAPS, "sem")
INPAINTING = ("text_box", "text_image_box")
TOKENS = 4  # of a map: 2 x 2, seen at 64 x 64 pixels
CLASSES = 152


class Modes:
    """Files, groundings and inputs on the studio's networks."""

    def __init__(self, studio):
        self.studio, self.pack = studio, studio.pack
        self.loaded = {}

    # networks

    def tokenizer(self, mode):
        """An untrained one, small."""
        core = "gligen_core.modalities"
        config = self.pack("gligen_core.layers.convnext").ConvNeXtConfig
        tiny = config(widths=(8, 12, 16, 24), depths=(1, 1, 1, 1))
        sizes = {
            "text_box": lambda of: of(".text_box").TextBoxConfig(CONTEXT, CONTEXT),
            "text_image_box": lambda of: of(".text_image_box").TextImageBoxConfig(CONTEXT, CONTEXT),
            "keypoint": lambda of: of(".keypoint").KeypointConfig(8, 48, CONTEXT),
            "sem": lambda of: of(".sem").ClassMapConfig(CLASSES, tiny, TOKENS, CONTEXT),
            **dict.fromkeys(MAPS, lambda of: of(".maps").MapConfig(tiny, TOKENS, CONTEXT)),
        }[mode](lambda name: self.pack(core + name))
        return self.pack(core).MODALITIES[mode].build(sizes, torch.nn)

    def downsampler(self, mode):
        layers = self.pack("gligen_core.layers.downsampler")
        return {
            "canny": lambda: layers.PictureDownsampler(1, 4, 8),
            "depth": lambda: layers.PictureDownsampler(1, 4, 8),
            "normal": lambda: layers.PictureDownsampler(3, 4, 8),
            "sem": lambda: layers.ClassDownsampler(CLASSES, 16, 8),
        }.get(mode, torch.nn.Identity)()

    def weights(self, mode, inpaint=False):
        """By the names that they have in files; every null feature and gate is alive."""
        generator = torch.Generator().manual_seed(len(mode) + 100 * inpaint)
        torch.manual_seed(len(mode) + 100 * inpaint)
        parts = {"position_net": self.tokenizer(mode), "downsample_net": self.downsampler(mode)}
        weights = {
            f"{part}.{key}": value
            for part, network in parts.items()
            for key, value in network.state_dict().items()
        }
        for key in weights:
            if key.endswith(("_feature", "embedding", "embeddings", "gamma")):
                weights[key] = torch.randn(weights[key].shape, generator=generator)
        for block, width in self.studio.block_widths().items():
            fuser = self.pack("gligen_core.layers.fuser").GatedSelfAttention(width, CONTEXT, 8)
            for key, value in fuser.state_dict().items():
                alive = torch.full((), 0.7) if key.startswith("alpha") else value
                weights[f"{block.ldm_prefix}fuser.{key}"] = alive
        extra = self.pack("gligen_core.modalities").MODALITIES[mode].extra_channels + 5 * inpaint
        if extra:
            conv = torch.nn.Conv2d(4 + extra, 32, 3, padding=1)
            weights |= {f"input_blocks.0.0.{k}": v for k, v in conv.state_dict().items()}
        return weights

    def save(self, name, weights):
        weights = {key: value.contiguous() for key, value in weights.items()}
        save_file(weights, self.studio.folder / name)

    def gligen(self, mode, inpaint=False):
        name = f"{mode}{'-inpaint' if inpaint else ''}.safetensors"
        if name not in self.loaded:
            self.save(name, self.weights(mode, inpaint))
            self.loaded[name] = self.studio.load(name)
        return self.loaded[name]

    # inputs

    def vision(self, width=CONTEXT):
        """The host's CLIP vision model of that projected width: one layer, random weights."""
        clip_vision = self.studio.host("comfy.clip_vision")
        config = {
            "hidden_size": 32,
            "image_size": 224,
            "intermediate_size": 64,
            "num_attention_heads": 4,
            "num_channels": 3,
            "num_hidden_layers": 2,
            "patch_size": 32,
            "projection_dim": width,
            "hidden_act": "quick_gelu",
            "model_type": "clip_vision_model",
        }
        path = self.studio.folder / f"vision-{width}.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        model = clip_vision.ClipVisionModel(str(path))
        generator = torch.Generator().manual_seed(width)
        for weight in model.model.state_dict().values():
            if weight.is_floating_point():
                weight.copy_(torch.randn(weight.shape, generator=generator) * 0.1)
        return model

    def picture(self, seed=1, batch=1, size=(SIDE_PX, SIDE_PX)):
        generator = torch.Generator().manual_seed(seed)
        coarse = torch.rand(batch, 3, 4, 4, generator=generator)
        smooth = torch.nn.functional.interpolate(coarse, size, mode="bilinear")
        return smooth.movedim(1, -1)

    def classes(self, seed=1, batch=1, size=(SIDE_PX, SIDE_PX)):
        """Blocks of class numbers as the host loads an annotation file: grey levels of 255."""
        generator = torch.Generator().manual_seed(seed)
        coarse = torch.randint(0, 151, (batch, 1, 2, 2), generator=generator).float()
        numbers = torch.nn.functional.interpolate(coarse, size, mode="nearest")
        return numbers.movedim(1, -1).expand(-1, -1, -1, 3) / 255

    def person(self, shift=0.0):
        joint = self.pack("gligen_core.skeletons").Joint
        return tuple(joint(0.2 + shift + 0.02 * n, 0.1 + 0.04 * n, n != 3) for n in range(17))

    def poses(self, *people):
        layout = self.pack("gligen_core.layout")
        return layout.Layout(
            poses=tuple(layout.Pose(id=f"p{n}", joints=joints) for n, joints in enumerate(people))
        )

    def sources(self, mode, seed=1, batch=1):
        """The Ground node's inputs for a mode."""
        if mode == "keypoint":
            return {"layout": self.poses(self.person(), self.person(0.1 * seed))}
        if mode == "sem":
            return {"map": self.classes(seed, batch), "map_reads": "numbers"}
        if mode in MAPS:
            return {"map": self.picture(seed, batch)}
        return {"clip": self.studio.clip, "layout": self.studio.layout(BOXES, PHRASES)}

    def ground(self, mode, inpaint=False, **changes):
        node = self.pack("nodes.ground").Ground
        return node.execute(self.gligen(mode, inpaint), **(self.sources(mode) | changes))[0]

    def apply(self, mode, **changes):
        return self.studio.apply(grounding=self.ground(mode), **changes)
