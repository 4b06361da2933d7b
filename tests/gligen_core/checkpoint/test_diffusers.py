"""The same weights in diffusers and here, both ways: files, names, and what the UNets compute."""

import json
from dataclasses import dataclass
from functools import cache
from inspect import signature
from pathlib import Path

import pytest
import torch
from diffusers_unets import (
    ATTENTION,
    FAMILIES,
    HEAD_WIDTH,
    SDXL_ONLY,
    random_unet,
    unet_class,
)
from safetensors.torch import load_file, save_file

from gligen_core.bases.sd_keys import ldm_names
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
from gligen_core.checkpoint.stored import StoredTensor
from gligen_core.modalities.text_box import TextBoxInputs
from gligen_core.modalities.text_image_box import TextImageBoxInputs
from gligen_core.unet import UNet, UNetConfig

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers' own

ROUNDING = 2e-5  # of fp32, as a share of the largest value
SIZE, OBJECTS, WORDS = 8, 5, 7
PATH = Path("unnamed.safetensors")


@pytest.fixture(scope="module")
def theirs():
    """(family, mode) -> diffusers' small UNet, random weights, the same for every test."""
    return cache(lambda family, mode: random_unet(FAMILIES[family].diffusers(mode=mode)))


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
    with torch.device("meta"):
        unet = UNet(our_config(family, in_channels))
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
    unet.load_state_dict(weights, assign=True)
    return unet.eval()


def our_config(family, in_channels):
    return UNetConfig(
        model_channels=family.widths[0],
        channel_mult=tuple(width // family.widths[0] for width in family.widths),
        res_blocks=(2,) * len(family.widths),
        depth=family.depth,
        heads=family.heads or 1,
        head_width=None if family.heads else HEAD_WIDTH,
        context=family.context,
        in_channels=in_channels,
    )


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
    assert gligen.modality.name == mode and family in gligen.info
    same(our_unet(unet, shape), gligen, unet, scene(mode, shape.context))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("mode", ATTENTION)
def test_a_folder_saved_here_computes_the_same_in_diffusers(theirs, tmp_path, family, mode):
    # The GLIGEN is a pruned LDM file first, and goes out from there.
    shape, weights = FAMILIES[family], theirs(family, mode).state_dict()
    names, _ = ldm_names(weights)
    save_file({name: weights[key] for name, key in names.items()}, tmp_path / "ldm.safetensors")
    file = read_checkpoint(tmp_path / "ldm.safetensors")
    folder = save_gligen(file, detect(file), tmp_path / "out", layout="diffusers")
    saved = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    config = json.loads((folder / "unet" / "config.json").read_text())
    with torch.device("meta"):
        unet = unet_class().from_config(config | dict.fromkeys(SDXL_ONLY))
    gligen_keys = set(names.values()) - {"conv_in.weight", "conv_in.bias"}
    assert saved.keys() == gligen_keys
    base = {key: weight for key, weight in weights.items() if key not in gligen_keys}
    unet.load_state_dict(base | saved, assign=True)
    gligen = load_gligen(tmp_path / "ldm.safetensors")
    same(our_unet(unet, shape), gligen, unet.eval(), scene(mode, shape.context))


def test_an_inpainting_folder_brings_its_first_convolution(tmp_path):
    shape = FAMILIES["SD1.x"]
    unet = random_unet(shape.diffusers(in_channels=9))
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
def test_full_size_names_and_shapes_are_those_of_diffusers(family, mode):
    shape = FAMILIES[family]
    extra = SDXL_ONLY if family == "SDXL" else {}
    config = shape.diffusers(shape.full, shape.full_depth, mode, **extra)
    with torch.device("meta"):
        full = unet_class()(**config).state_dict()
    names, layout = ldm_names(full)
    assert layout == "diffusers"
    tensors = {
        name: StoredTensor(PATH, 0, 0, torch.float16, tuple(full[key].shape))
        for name, key in names.items()
    }
    file = CheckpointFile(PATH, tensors)
    found = detect(file)
    assert (found.base, found.modality.name, found.inpaint) == (family, mode, False)
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
    # With the arguments that this network was made with; the rest are diffusers' defaults.
    written = diffusers_config(file, found)
    defaults = {name: p.default for name, p in signature(unet_class()).parameters.items()}
    assert written.pop("_class_name") == unet_class().__name__
    assert defaults | written == defaults | config
