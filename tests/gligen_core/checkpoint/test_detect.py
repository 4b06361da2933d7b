"""What a file is said to be, by choice, config, metadata, names and shapes, in that order."""

import pytest
import torch

from gligen_core.checkpoint import CheckpointFile, Heads, describe, detect
from gligen_core.checkpoint.plain_config import plain
from gligen_core.errors import GligenError
from gligen_core.modalities import MODALITIES

MODES = {
    "generation_text": "text_box",
    "generation_text_image": "text_image_box",
    "generation_keypoint": "keypoint",
    "generation_hed": "hed",
    "generation_canny": "canny",
    "generation_depth": "depth",
    "generation_normal": "normal",
    "generation_sem": "sem",
    "inpainting_text": "text_box",
    "inpainting_text_image": "text_image_box",
}


def without(file, *prefixes):
    tensors = {key: t for key, t in file.tensors.items() if not key.startswith(prefixes)}
    return CheckpointFile(file.path, tensors, file.metadata, file.config)


@pytest.mark.parametrize("name, mode", MODES.items())
def test_each_official_file_is_told_by_its_weights(official_file, name, mode):
    found = detect(official_file(name))
    assert found.modality is MODALITIES[mode]
    assert found.inpaint == name.startswith("inpainting")
    assert found.base == "SD1.x"
    assert (found.fusers.kind, found.fusers.context) == ("gatedSA", 768)
    assert found.fusers.heads.of(320) == found.fusers.heads.of(1280) == 8


@pytest.mark.parametrize("name, mode", MODES.items())
def test_each_official_file_is_told_in_plain_words(official_file, name, mode):
    file = official_file(name)
    words = describe(file, detect(file))
    assert words.startswith(MODALITIES[mode].title)
    assert ("inpainting" in words.splitlines()[0]) == name.startswith("inpainting")
    assert "SD1.x (context 768)" in words
    assert "16 fusers (gatedSA)" in words and "fp32" in words
    count = sum(tensor.count for tensor in file.tensors.values())
    assert f"{count / 1e6:.1f} M parameters" in words


@pytest.mark.parametrize(
    "path, mode, words",
    [
        ("gligen_canny.bin", "canny", "the file's name says canny"),
        ("Depth-fp16.safetensors", "depth", "the file's name says depth"),
        ("gligen-generation-depth/diffusion_pytorch_model.bin", "depth", "says depth"),
        ("gligen-depth/unet/diffusion_pytorch_model.bin", "depth", "says depth"),
        ("model.bin", "canny", "names neither. Taken as canny; either serves. Set `modality`"),
        ("canny_or_depth.bin", "canny", "names neither"),
    ],
)
def test_canny_and_depth_are_told_apart_by_the_name_and_that_is_said(
    official_file, path, mode, words
):
    file = official_file("generation_depth", path)
    found = detect(file)
    assert found.modality.name == mode
    assert "The weights fit canny and depth alike" in found.notes[0] and words in found.notes[0]
    assert found.notes[0] in describe(file, found)


def test_a_choice_comes_before_config_before_metadata_before_the_name(official_file, config_dict):
    claims = {"config": plain(config_dict), "metadata": {"gligen.mode": "canny"}}
    file = official_file("generation_canny", "canny.bin", **claims)
    assert file.config["model"]["params"]["grounding_tokenizer"]["target"].count("depth")
    assert detect(file, "canny").modality.name == "canny"
    assert detect(file).modality.name == "depth"
    named = official_file("generation_canny", "canny.bin", metadata={"gligen.mode": "depth"})
    assert detect(named).modality.name == "depth"
    assert detect(named).notes == ()


def test_a_choice_against_the_weights_is_refused_with_both(official_file):
    with pytest.raises(GligenError, match="are those of canny or depth, not of 'text_box'"):
        detect(official_file("generation_canny"), "text_box")
    with pytest.raises(GligenError, match="are those of keypoint, not of 'nonsense'"):
        detect(official_file("generation_keypoint"), "nonsense")


def test_a_claim_against_the_weights_is_not_believed(official_file):
    file = official_file("generation_sem", metadata={"gligen.mode": "text_box"})
    assert detect(file).modality.name == "sem"


@pytest.mark.parametrize("mode", ["generation_canny", "generation_hed", "generation_sem"])
def test_a_map_without_its_first_convolution_is_refused(official_file, mode):
    with pytest.raises(GligenError, match=r"without its first convolution.*Save GLIGEN"):
        detect(without(official_file(mode), "input_blocks.0.0."))


def test_a_canny_file_that_lost_its_downsampler_does_not_pass_for_hed(official_file):
    with pytest.raises(GligenError, match="tokenizer of no known kind"):
        detect(without(official_file("generation_canny"), "downsample_net."))


def test_a_pruned_text_box_file_is_for_generation_unless_it_says_inpainting(official_file):
    pruned = without(official_file("generation_text"), "input_blocks.0.0.")
    assert not detect(pruned).inpaint
    says = CheckpointFile(pruned.path, pruned.tensors, {"gligen.inpaint": "true"})
    with pytest.raises(GligenError, match="text_box inpainting without its first convolution"):
        detect(says)


def test_a_first_convolution_of_another_mode_is_refused(official_file):
    sem, text = official_file("generation_sem"), official_file("generation_text")
    mixed = dict(text.tensors) | {
        key: tensor for key, tensor in sem.tensors.items() if key.startswith("input_blocks.0.0.")
    }
    with pytest.raises(GligenError, match=r"takes 12 channels; text_box has 4, or 9 for inpaint"):
        detect(CheckpointFile(text.path, mixed))


def test_fusers_without_a_tokenizer_are_refused(official_file):
    with pytest.raises(GligenError, match="fusers, but no tokenizer"):
        detect(without(official_file("generation_text"), "position_net."))


def test_a_tokenizer_of_another_kind_is_refused_by_name(official_file):
    file = without(official_file("generation_text"), "position_net.linears")
    with pytest.raises(GligenError, match=r"no known kind \(position_net\.null_pos.*text_box,"):
        detect(file)


@pytest.mark.parametrize(
    "claims, kind",
    [
        ({}, "gatedSA"),
        ({"metadata": {"gligen.fuser": "gatedSA2"}}, "gatedSA2"),
        ({"config": {"model": {"params": {"fuser_type": "gatedSA2"}}}}, "gatedSA2"),
        ({"metadata": {"gligen.fuser": "gatedCA"}}, "gatedSA"),
    ],
)
def test_two_kinds_of_fusers_with_the_same_weights_are_told_by_the_file(
    official_file, claims, kind
):
    assert detect(official_file("generation_canny", **claims)).fusers.kind == kind


def test_cross_attention_fusers_are_told_by_their_weights(official_file):
    file = official_file("generation_text")
    tensors = {key: t for key, t in file.tensors.items() if ".fuser.linear." not in key}
    assert detect(CheckpointFile(file.path, tensors)).fusers.kind == "gatedCA"


@pytest.mark.parametrize(
    "context, base, heads",
    [
        (768, "SD1.x", Heads(8)),
        (1024, "SD2.x", Heads(width=64)),
        (2048, "SDXL", Heads(width=64)),
        (96, "custom base", Heads(width=64)),
    ],
)
def test_the_base_is_told_by_the_width_of_the_tokens(small_file, context, base, heads):
    found = detect(small_file(context))
    assert (found.base, found.fusers.context, found.fusers.heads) == (base, context, heads)


@pytest.mark.parametrize(
    "claims, heads",
    [
        ({"metadata": {"gligen.heads": "4"}}, Heads(4)),
        ({"metadata": {"gligen.heads": "many"}}, Heads(8)),
        ({"config": {"model": {"params": {"num_heads": 5}}}}, Heads(5)),
        ({"config": {"attention_type": "gated", "attention_head_dim": 2}}, Heads(2)),
        (
            {
                "config": {
                    "attention_type": "gated",
                    "attention_head_dim": [1, 2],
                    "block_out_channels": [32, 64],
                }
            },
            Heads(width=32),
        ),
        ({"config": {"model": "nonsense"}}, Heads(8)),
    ],
)
def test_heads_are_as_the_file_says(official_file, claims, heads):
    assert detect(official_file("generation_text", **claims)).fusers.heads == heads


def test_a_diffusers_config_names_the_mode(official_file):
    config = {"attention_type": "gated-text-image", "attention_head_dim": 8}
    found = detect(official_file("inpainting_text_image", config=config))
    assert (found.modality.name, found.inpaint) == ("text_image_box", True)


def test_dtypes_are_listed_the_most_used_first(small_file):
    file = small_file(768, {"position_net.": torch.float16}, torch.float8_e4m3fn)
    assert "fp8 e4m3, fp16" in describe(file, detect(file))
    file = small_file(768, {"position_net.": torch.bfloat16}, torch.float32)
    assert "fp32, bf16" in describe(file, detect(file))
