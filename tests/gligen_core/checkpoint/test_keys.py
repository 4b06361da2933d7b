"""Names of tensors in LDM's words and in those of diffusers."""

import pytest

from gligen_core.bases.sd_keys import ldm_names, to_diffusers, to_ldm

FUSER = "transformer_blocks.0.fuser.alpha_attn"

# SD1.x: the order of `reference` in scripts/convert_gligen_to_diffusers.py.
SD1 = {
    "input_blocks.1.1": "down_blocks.0.attentions.0",
    "input_blocks.2.1": "down_blocks.0.attentions.1",
    "input_blocks.4.1": "down_blocks.1.attentions.0",
    "input_blocks.5.1": "down_blocks.1.attentions.1",
    "input_blocks.7.1": "down_blocks.2.attentions.0",
    "input_blocks.8.1": "down_blocks.2.attentions.1",
    "middle_block.1": "mid_block.attentions.0",
    "output_blocks.3.1": "up_blocks.1.attentions.0",
    "output_blocks.5.1": "up_blocks.1.attentions.2",
    "output_blocks.6.1": "up_blocks.2.attentions.0",
    "output_blocks.11.1": "up_blocks.3.attentions.2",
}
SDXL = {
    "input_blocks.4.1": "down_blocks.1.attentions.0",
    "input_blocks.8.1": "down_blocks.2.attentions.1",
    "output_blocks.0.1": "up_blocks.0.attentions.0",
    "output_blocks.2.1": "up_blocks.0.attentions.2",
    "output_blocks.5.1": "up_blocks.1.attentions.2",
}


@pytest.mark.parametrize("ldm, diffusers", (SD1 | SDXL).items())
@pytest.mark.parametrize("depth", [0, 9])
def test_a_block_has_a_name_in_both(ldm, diffusers, depth):
    rest = f".transformer_blocks.{depth}.fuser.ff.net.0.proj.weight"
    assert to_ldm(diffusers + rest) == ldm + rest
    assert to_diffusers(ldm + rest) == diffusers + rest


def test_the_first_convolution_has_too():
    assert to_ldm("conv_in.weight") == "input_blocks.0.0.weight"
    assert to_diffusers("input_blocks.0.0.bias") == "conv_in.bias"


def test_one_resnet_a_level_counts_in_twos():
    name = f"down_blocks.1.attentions.0.{FUSER}"
    assert to_ldm(name, resnets=1) == f"input_blocks.3.1.{FUSER}"
    assert to_diffusers(to_ldm(name, 1), 1) == name


@pytest.mark.parametrize(
    "name",
    ["position_net.linears.0.weight", "down_blocks.x.attentions.0.norm.weight", "out.2.bias"],
)
def test_other_names_are_kept(name):
    assert to_ldm(name) == to_diffusers(name) == name


@pytest.mark.parametrize(
    "prefix", ["", "model.", "model.diffusion_model.", "diffusion_model.", "unet.", "module."]
)
@pytest.mark.parametrize(
    "place, first, layout",
    [
        ("input_blocks.1.1", "input_blocks.0.0.weight", "ldm"),
        ("down_blocks.0.attentions.0", "conv_in.weight", "diffusers"),
    ],
)
def test_what_stands_before_the_blocks_is_taken_off(prefix, place, first, layout):
    keys = [f"{prefix}{place}.{FUSER}", f"{prefix}position_net.x", f"{prefix}{first}"]
    names, found = ldm_names(
        [*keys, f"{prefix}time_embed.0.weight", "first_stage_model.conv_in.weight"]
    )
    assert names == {
        f"input_blocks.1.1.{FUSER}": keys[0],
        "position_net.x": keys[1],
        "input_blocks.0.0.weight": keys[2],
    }
    assert found == layout


def test_the_tokenizer_may_lack_the_fusers_prefix():
    names, _ = ldm_names([f"model.diffusion_model.middle_block.1.{FUSER}", "position_net.x"])
    assert names["position_net.x"] == "position_net.x"


def test_without_fusers_nothing_is_named():
    assert ldm_names(["input_blocks.0.0.weight", "position_net.x"]) == ({}, "ldm")
