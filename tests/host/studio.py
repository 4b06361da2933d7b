"""Tiny networks in the host's classes, and short ways to the jobs that tests ask of them."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file

CONTEXT = 768  # the stock GLIGEN loader knows no other for small networks
PHRASES = ("a red ball", "a blue cube")
BOXES = ((0.125, 0.25, 0.5, 0.75), (0.5, 0.125, 0.875, 0.625))  # on the 8-pixel grid of 64 pixels
LATENT = 8  # cells a side: 64 pixels
TEXT_BOX = "gligen_core.modalities.text_box"

ROUNDING = 1e-5  # of fp32, where batches are put together differently; share of the largest value


def distance(one, other):
    """The largest difference, as a share of the largest value."""
    return float((one - other).abs().max() / other.abs().max())


def close(one, other):
    return distance(one, other) < ROUNDING


def differ(one, other):
    return distance(one, other) > 100 * ROUNDING


def randomised(clip, seed):
    """A CLIP of the host, which leaves new weights as memory was, with random ones."""
    generator = torch.Generator().manual_seed(seed)
    for name, weight in clip.cond_stage_model.state_dict().items():
        if name.endswith("token_embedding.weight"):
            rows = torch.randn(997, weight.shape[1], generator=generator)
            weight.copy_(rows[torch.arange(len(weight)) % len(rows)])
        else:
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.1)
    return clip


@dataclass
class Forward:
    """One call of the UNet: which conditionings it held, and what its fusers were to read."""

    rows: int
    sides: list  # the host's cond_or_uncond
    uuids: list
    fusing: tuple  # of (tokens, gates, columns)
    sigma: float = 0.0
    widening: tuple = ()  # of (change, extra channels, rows in which they count)
    extra: dict = field(default_factory=dict)


class Studio:
    def __init__(self, host, pack):
        self.host, self.pack = host, pack
        self.nodes = host("nodes")
        self.folder = Path(host("folder_paths").get_folder_paths("gligen")[0])
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = pack("gligen_core.unet").UNetConfig(
            model_channels=32,
            channel_mult=(1, 2),
            res_blocks=(1, 1),
            depth=(1, 1),
            heads=4,
            context=CONTEXT,
        )
        self.model = self.new_model()
        self.clip = self.new_clip(CONTEXT)
        self.save_gligen("tiny.safetensors", seed=1)
        self.gligen = self.load("tiny.safetensors")

    # networks

    def new_model(self, config=None, dtype=torch.float32):
        """The host's MODEL, random weights, predicting noise as SD1.x does."""
        demo = self.pack("host.demo_model")
        config = config or self.config
        model_type = self.host("comfy.model_base").ModelType.EPS

        class TinyConfig(demo.DemoModelConfig):
            def model_type(self, state_dict, prefix=""):
                return model_type

        settings = TinyConfig(config)
        settings.set_inference_dtype(dtype, None)
        model = settings.get_model({}, "")
        torch.manual_seed(0)
        model.diffusion_model.load_state_dict(
            self.pack("gligen_core.unet").UNet(config).state_dict()
        )
        management = self.host("comfy.model_management")
        return self.host("comfy.model_patcher").ModelPatcher(
            model, management.get_torch_device(), management.unet_offload_device()
        )

    def new_clip(self, width):
        """The host's CLIP with one layer of that width, random weights."""
        clip, sd = self.host("comfy.sd1_clip"), self.host("comfy.sd")
        config = {
            "hidden_size": width,
            "num_hidden_layers": 1,
            "num_attention_heads": 4,
            "intermediate_size": 64,
            "hidden_act": "quick_gelu",
            "max_position_embeddings": 77,
            "eos_token_id": 49407,
        }

        class Text(clip.SDClipModel):
            def __init__(self, device="cpu", dtype=None, model_options={}):  # noqa: B006
                super().__init__(
                    device=device,
                    dtype=dtype,
                    textmodel_json_config=config,
                    model_options=model_options,
                )

        class Model(clip.SD1ClipModel):
            def __init__(self, device="cpu", dtype=None, model_options={}):  # noqa: B006
                super().__init__(device, dtype, model_options, clip_model=Text)

        target = self.host("comfy.supported_models_base").ClipTarget(clip.SD1Tokenizer, Model)
        return randomised(sd.CLIP(target, model_options={"dtype": torch.float32}), width)

    def save_gligen(self, name, seed, widths=None, context=CONTEXT, dtype=torch.float32):
        """A text-box GLIGEN file with random weights, in the names of the published ones."""
        fusers, text_box = self.pack("gligen_core.layers.fuser"), self.pack(TEXT_BOX)
        torch.manual_seed(seed)
        weights = {
            f"position_net.{key}": value
            for key, value in text_box.TextBoxTokenizer(context, context).state_dict().items()
        }
        for block, width in (widths or self.block_widths()).items():
            fuser = fusers.GatedSelfAttention(width, context, 8)
            for alpha in (fuser.alpha_attn, fuser.alpha_dense):
                torch.nn.init.constant_(alpha, 0.7)
            for key, value in fuser.state_dict().items():
                weights[f"{block.ldm_prefix}fuser.{key}"] = value
        weights["position_net.null_positive_feature"] = torch.randn(context)
        weights["position_net.null_position_feature"] = torch.randn(64)
        save_file({key: value.to(dtype) for key, value in weights.items()}, self.folder / name)

    def block_widths(self, model=None):
        blocks = self.pack("host.unet_hooks").model_blocks((model or self.model).model)
        return {block: widths.rows for block, widths in blocks.items()}

    def load(self, name):
        return self.pack("host.files").load(name, "auto")

    # what nodes make of them

    def text(self, prompt, clip=None):
        return self.nodes.CLIPTextEncode().encode(clip or self.clip, prompt)[0]

    def layout(self, boxes=BOXES, phrases=PHRASES):
        geometry, layout = self.pack("gligen_core.geometry"), self.pack("gligen_core.layout")
        return layout.Layout(
            tuple(
                layout.Entity(id=f"e{n}", box=geometry.Box.of(box), text=phrase)
                for n, (box, phrase) in enumerate(zip(boxes, phrases, strict=True))
            )
        )

    def ground(self, boxes=BOXES, phrases=PHRASES, gligen=None):
        node = self.pack("nodes.ground").Ground
        return node.execute(gligen or self.gligen, self.clip, self.layout(boxes, phrases))[0]

    def phases(self, on, decay=0.0, counts="steps"):
        schedule = self.pack("gligen_core.gate.schedule").GateSchedule
        return schedule.phases(on, decay, 1 - on - decay, counts)

    def apply(self, model=None, positive=None, negative=None, grounding=None, gate=None, **kwargs):
        """Apply GLIGEN; a gate that is always open unless given."""
        return (
            self.pack("nodes.apply")
            .ApplyGligen.execute(
                model or self.model,
                positive or self.text("a photo"),
                negative or self.text(""),
                grounding or self.ground(),
                gate or self.phases(1.0),
                **kwargs,
            )
            .result
        )

    # sampling

    def latent(self, batch=1, size=(LATENT, LATENT)):
        return {"samples": torch.zeros(batch, 4, *size)}

    def ksampler(self, model, positive, negative, sampler="euler", **changes):
        """-> latents, by the host's KSampler: 4 steps, guidance 3, seed 1 unless changed."""
        settings = {"seed": 1, "steps": 4, "cfg": 3.0, "latent": self.latent()} | changes
        (latent,) = self.nodes.common_ksampler(
            model,
            settings.pop("seed"),
            settings.pop("steps"),
            settings.pop("cfg"),
            sampler,
            settings.pop("scheduler", "normal"),
            positive,
            negative,
            settings.pop("latent"),
            **settings,
        )
        return latent["samples"]

    def watched(self, model):
        """A copy of the MODEL, and the list to which each of its forwards is added."""
        forwards = []

        def watch(executor, x, timesteps, context, y, control, transformer_options, **kwargs):
            forwards.append(
                Forward(
                    rows=len(x),
                    sides=list(transformer_options["cond_or_uncond"]),
                    uuids=list(transformer_options["uuids"]),
                    fusing=tuple(
                        (item.tokens.clone(), item.gates.clone(), dict(item.columns))
                        for item in transformer_options.get("gligen_fusing", ())
                    ),
                    sigma=float(transformer_options["sigmas"][0]),
                    widening=transformer_options.get("gligen_widening", ()),
                    extra=kwargs,
                )
            )
            return executor(x, timesteps, context, y, control, transformer_options, **kwargs)

        kinds = self.host("comfy.patcher_extension").WrappersMP
        watched = model.clone()
        watched.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "watch", watch)
        return watched, forwards
