"""The same weights in diffusers and here, both ways: files, names, and what the UNets compute."""

import json
import logging
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gligen_core.checkpoint import (
    CheckpointFile,
    build_gligen,
    detect,
    ldm_weights,
    load_gligen,
    plan,
    read_checkpoint,
    save_gligen,
)
from gligen_core.checkpoint.diffusers_config import diffusers_config
from gligen_core.checkpoint.keys import ldm_names
from gligen_core.checkpoint.stored import StoredTensor
from gligen_core.modalities.text_box import TextBoxInputs
from gligen_core.modalities.text_image_box import TextImageBoxInputs
from gligen_core.unet import UNet, UNetConfig

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers' own

ROUNDING = 2e-5  # of fp32, as a share of the largest value
SIZE, OBJECTS, WORDS = 8, 5, 7
PATH = Path("unnamed.safetensors")


@dataclass(frozen=True)
class Family:
    """A base's shape. depth: transformer blocks per location of each level, 0 for none"""

    context: int
    widths: tuple[int, ...]
    depth: tuple[int, ...]
    full: tuple[int, ...]  # widths of the published models
    full_depth: tuple[int, ...]
    fusers: int

    @property
    def heads(self):
        return 8 if self.context == 768 else None

    def diffusers(self, widths, depth, attention="gated", **extra):
        """The arguments of diffusers' UNet."""
        attended = [bool(blocks) for blocks in depth]
        return {
            "attention_type": attention,
            "block_out_channels": list(widths),
            "down_block_types": ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attended],
            "up_block_types": ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in attended[::-1]],
            "transformer_layers_per_block": [max(blocks, 1) for blocks in depth],
            "attention_head_dim": self.heads or [width // 64 for width in widths],
            "cross_attention_dim": self.context,
            "use_linear_projection": self.context != 768,
            **extra,
        }

    def ours(self, in_channels=4):
        return UNetConfig(
            model_channels=self.widths[0],
            channel_mult=tuple(width // self.widths[0] for width in self.widths),
            res_blocks=(2,) * len(self.widths),
            depth=self.depth,
            heads=self.heads or 1,
            head_width=None if self.heads else 64,
            context=self.context,
            in_channels=in_channels,
        )


SD_WIDTHS, XL_WIDTHS = (320, 640, 1280, 1280), (320, 640, 1280)
FAMILIES = {
    "SD1.x": Family(768, (32, 64, 64, 64), (1, 1, 1, 0), SD_WIDTHS, (1, 1, 1, 0), 16),
    "SD2.x": Family(1024, (64, 128, 128, 128), (1, 1, 1, 0), SD_WIDTHS, (1, 1, 1, 0), 16),
    "SDXL": Family(2048, (64, 128, 128), (0, 2, 3), XL_WIDTHS, (0, 2, 10), 70),
}
SDXL_ONLY = {
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
ATTENTION = {"text_box": "gated", "text_image_box": "gated-text-image"}


@pytest.fixture(scope="module")
def unet_class():
    with warnings.catch_warnings(action="ignore"):
        from diffusers import UNet2DConditionModel
        from diffusers import logging as diffusers_logging
    diffusers_logging.set_verbosity(logging.ERROR)
    return UNet2DConditionModel


@pytest.fixture(scope="module")
def theirs(unet_class):
    """(family, mode) -> diffusers' small UNet, random weights, the same for every test."""

    @cache
    def made(family, mode):
        shape = FAMILIES[family]
        config = shape.diffusers(shape.widths, shape.depth, ATTENTION[mode])
        return randomise(unet_class(**config))

    return made


def randomise(module, seed=0):
    """Every weight, so that gates are open and null features count."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() > 1:
                weight.copy_(noise / weight[0].numel() ** 0.5)
            elif weight.dim() == 1 and ("norm" in name and name.endswith("weight")):
                weight.copy_(1 + 0.2 * noise)
            else:
                weight.copy_(0.5 * noise)
    return module.eval()


# The names of SD's own layers, which the pack never needs: only these tests do.

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}


def base_name(name, attended):
    """A diffusers name of SD's own layers in LDM's words. attended: by up level"""
    head, _, leaf = name.rpartition(".")
    if head in ENDS:
        return f"{ENDS[head]}.{leaf}"
    parts = name.split(".")
    if parts[0] == "mid_block":
        part, at, rest = parts[1], int(parts[2]), parts[3:]
        place = "middle_block.1" if part == "attentions" else f"middle_block.{2 * at}"
    else:
        level, part, at, rest = int(parts[1]), parts[2], int(parts[3]), parts[4:]
        down = parts[0] == "down_blocks"
        index = 3 * level + at + 1 if down else 3 * level + at
        match part:
            case "attentions":
                place = f"{'input' if down else 'output'}_blocks.{index}.1"
            case "resnets":
                place = f"{'input' if down else 'output'}_blocks.{index}.0"
            case "downsamplers":
                return f"input_blocks.{3 * level + 3}.0.op.{rest[-1]}"
            case "upsamplers":
                return f"output_blocks.{3 * level + 2}.{1 + attended[level]}.conv.{rest[-1]}"
    if part == "resnets":
        rest = [RESNET[rest[0]], *rest[1:]]
    return ".".join([place, *rest])


def our_unet(theirs, family, in_channels=4):
    """Our UNet with SD's part of diffusers' weights."""
    unet = UNet(family.ours(in_channels))
    gligen = set(ldm_names(theirs.state_dict())[0].values()) - {"conv_in.weight", "conv_in.bias"}
    attended = [bool(blocks) for blocks in family.depth[::-1]]
    weights = {
        base_name(name, attended): weight
        for name, weight in theirs.state_dict().items()
        if name not in gligen
    }
    for name, weight in weights.items():
        if ".proj_" in name and weight.dim() == 2:  # a linear layer, where we have a 1 x 1 conv
            weights[name] = weight[..., None, None]
    unet.load_state_dict(weights)
    return unet.eval()


@dataclass(frozen=True)
class Scene:
    """One input in the words of both."""

    x: torch.Tensor
    timesteps: torch.Tensor
    context: torch.Tensor
    ours: object
    theirs: dict


def scene(mode, context, channels=4):
    generator = torch.Generator().manual_seed(7)

    def random(*shape):
        return torch.randn(shape, generator=generator)

    boxes = torch.rand((2, OBJECTS, 4), generator=generator)
    present = (torch.arange(OBJECTS) < 3).float().expand(2, -1)
    text, image = random(2, OBJECTS, context), random(2, OBJECTS, context)
    if mode == "text_box":
        ours = TextBoxInputs(boxes, present, text)
        theirs = {"boxes": boxes, "masks": present, "positive_embeddings": text}
    else:
        use_text = present * (torch.arange(OBJECTS) != 1)
        use_image = present * (torch.arange(OBJECTS) != 2)
        ours = TextImageBoxInputs(boxes, present, text, image, use_text, use_image)
        theirs = {
            "boxes": boxes,
            "masks": present,
            "phrases_masks": use_text,
            "image_masks": use_image,
            "phrases_embeddings": text,
            "image_embeddings": image,
        }
    x = random(2, channels, SIZE, SIZE)
    return Scene(x, torch.tensor([980, 21]), random(2, WORDS, context), ours, theirs)


def same(unet, gligen, theirs, given):
    """Whether both predict the same noise, and the grounding is felt."""
    with torch.no_grad():
        tokens = gligen.position_net(given.ours)
        ground = gligen.grounding(tokens)
        ours = unet(given.x, given.timesteps, given.context, ground)
        plain = unet(given.x, given.timesteps, given.context)
        expected = theirs(
            given.x,
            given.timesteps,
            given.context,
            cross_attention_kwargs={"gligen": dict(given.theirs)},
        ).sample
    scale = expected.abs().max()
    assert (plain - expected).abs().max() > 1e-3 * scale
    assert (ours - expected).abs().max() < ROUNDING * scale


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("mode", ATTENTION)
def test_a_folder_that_diffusers_saved_computes_the_same_here(theirs, tmp_path, family, mode):
    shape, unet = FAMILIES[family], theirs(family, mode)
    unet.save_pretrained(tmp_path / "model" / "unet")
    gligen = load_gligen(tmp_path / "model")
    assert gligen.spec.name == mode and family in gligen.info
    same(our_unet(unet, shape), gligen, unet, scene(mode, shape.context))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("mode", ATTENTION)
def test_a_folder_saved_here_computes_the_same_in_diffusers(
    theirs, unet_class, tmp_path, family, mode
):
    # The GLIGEN is a pruned LDM file first, and goes out from there.
    shape, weights = FAMILIES[family], theirs(family, mode).state_dict()
    names, _ = ldm_names(weights)
    save_file({name: weights[key] for name, key in names.items()}, tmp_path / "ldm.safetensors")
    file = read_checkpoint(tmp_path / "ldm.safetensors")
    folder = save_gligen(file, detect(file), tmp_path / "out", layout="diffusers")
    saved = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    config = json.loads((folder / "unet" / "config.json").read_text())
    with torch.device("meta"):
        unet = unet_class.from_config(config | dict.fromkeys(SDXL_ONLY))
    gligen_keys = set(names.values()) - {"conv_in.weight", "conv_in.bias"}
    assert saved.keys() == gligen_keys
    base = {key: weight for key, weight in weights.items() if key not in gligen_keys}
    unet.load_state_dict(base | saved, assign=True)
    gligen = load_gligen(tmp_path / "ldm.safetensors")
    same(our_unet(unet, shape), gligen, unet.eval(), scene(mode, shape.context))


def test_an_inpainting_folder_brings_its_first_convolution(unet_class, tmp_path):
    shape = FAMILIES["SD1.x"]
    config = shape.diffusers(shape.widths, shape.depth, in_channels=9)
    unet = randomise(unet_class(**config))
    unet.save_pretrained(tmp_path / "unet")
    gligen = load_gligen(tmp_path)
    assert gligen.inpaint and torch.equal(gligen.first_conv.weight, unet.conv_in.weight)
    ours = our_unet(unet, shape, in_channels=9)
    same(ours, gligen, unet, scene("text_box", shape.context, channels=9))


def test_shards_that_diffusers_saved_are_read_as_one(theirs, tmp_path):
    unet = theirs("SD1.x", "text_box")
    unet.save_pretrained(tmp_path / "unet", max_shard_size="5MB")
    assert len(list((tmp_path / "unet").glob("*.safetensors"))) > 2
    held = ldm_weights(load_gligen(tmp_path))
    names, _ = ldm_names(unet.state_dict())
    assert all(torch.equal(held[name], unet.state_dict()[names[name]]) for name in held)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("mode", ATTENTION)
def test_full_size_names_and_shapes_are_those_of_diffusers(unet_class, family, mode):
    shape = FAMILIES[family]
    extra = SDXL_ONLY if family == "SDXL" else {}
    config = shape.diffusers(shape.full, shape.full_depth, ATTENTION[mode], **extra)
    with torch.device("meta"):
        full = unet_class(**config).state_dict()
    names, layout = ldm_names(full)
    assert layout == "diffusers"
    tensors = {
        name: StoredTensor(PATH, 0, 0, torch.float16, tuple(full[key].shape))
        for name, key in names.items()
    }
    file = CheckpointFile(PATH, tensors)
    found = detect(file)
    assert (found.base, found.spec.name, found.inpaint) == (family, mode, False)
    on_meta = {name: full[key] for name, key in names.items()}
    model = build_gligen(on_meta, found)
    assert len(model.blocks) == shape.fusers
    held = ldm_weights(model).keys()
    assert held == {name for name in names if not name.startswith("input_blocks.0.0.")}
    # Out again: every name and shape is one of diffusers' own.
    out = plan(file, layout="diffusers")
    assert {key: tuple(p.source.shape) for key, p in out.items()} == {
        key: tuple(full[key].shape) for name, key in names.items() if name in held
    }
    with torch.device("meta"):
        again = unet_class.from_config(diffusers_config(file, found)).state_dict()
    assert {k: w.shape for k, w in again.items()} == {k: w.shape for k, w in full.items()}
