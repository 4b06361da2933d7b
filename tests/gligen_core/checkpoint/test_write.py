"""What is saved is what was read, smaller, and says what it is."""

import hashlib
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from gligen_core.bases.sd_keys import ldm_names
from gligen_core.checkpoint import (
    Plan,
    detect,
    ldm_weights,
    load_gligen,
    plan,
    read_checkpoint,
    save_gligen,
    write_safetensors,
)
from gligen_core.checkpoint.stored import read_tensors
from gligen_core.errors import GligenError

FIRST = "input_blocks.0.0."
MATRIX = "middle_block.1.transformer_blocks.0.fuser.attn.to_q.weight"
NORM = "middle_block.1.transformer_blocks.0.fuser.norm1.weight"


@pytest.fixture
def official(weights, sd_weights, tmp_path):
    """An official nested file with the whole UNet in it."""

    def make(name="gligen.bin", **first):
        path = tmp_path / name
        config = {"model": {"params": {"num_heads": 4}}}
        torch.save({"model": sd_weights | weights | first, "config_dict": config}, path)
        return path

    return make


def save(source, target, **options):
    file = read_checkpoint(source)
    return save_gligen(file, detect(file), target, **options)


def test_a_saved_file_holds_the_gligen_and_nothing_else(official, weights, tmp_path):
    saved = load_file(save(official(), tmp_path / "x.safetensors"))
    assert saved.keys() == weights.keys()
    assert all(torch.equal(saved[key], weights[key]) for key in weights)


def test_an_inpainting_file_keeps_its_first_convolution(official, weights, tmp_path):
    first = {f"{FIRST}weight": torch.randn(32, 9, 3, 3), f"{FIRST}bias": torch.randn(32)}
    source = official(**first)
    saved = save(source, tmp_path / "x.safetensors")
    assert load_file(saved).keys() == (weights | first).keys()
    before, after = load_gligen(source), load_gligen(saved)
    assert after.inpaint and torch.equal(after.first_conv.weight, before.first_conv.weight)


@pytest.mark.parametrize(
    "precision, dtype",
    [
        ("fp32", torch.float32),
        ("fp16", torch.float16),
        ("bf16", torch.bfloat16),
        ("same", torch.float32),
    ],
)
def test_every_tensor_is_rounded_to_what_was_asked(official, weights, tmp_path, precision, dtype):
    saved = load_file(save(official(), tmp_path / "x.safetensors", precision=precision))
    assert all(torch.equal(saved[key], weights[key].to(dtype)) for key in weights)


def test_fp8_is_for_the_fusers_matrices(official, weights, tmp_path):
    saved = load_file(save(official(), tmp_path / "x.safetensors", precision="fp8"))
    small = [key for key, tensor in saved.items() if tensor.dtype == torch.float8_e4m3fn]
    assert {len(weights[key].shape) for key in small} == {2}
    assert all(".fuser." in key for key in small) and MATRIX in small and NORM not in small
    others = saved.keys() - small
    assert {saved[key].dtype for key in others} == {torch.float16}
    assert all(torch.equal(saved[key], weights[key].half()) for key in others)
    for key in small:  # three bits behind the point
        near = torch.allclose(saved[key].float(), weights[key], rtol=1 / 16, atol=2**-10)
        assert near, key


def test_numbers_beyond_the_range_become_the_largest(tmp_path):
    value = torch.tensor([1e6, -1e6, 3.0])
    plans = {
        "half": Plan(value, torch.float16),
        "eighth": Plan(value, torch.float8_e4m3fn),
    }
    write_safetensors(tmp_path / "x.safetensors", plans, {})
    saved = load_file(tmp_path / "x.safetensors")
    assert saved["half"].tolist() == [65504, -65504, 3]
    assert saved["eighth"].float().tolist() == [448, -448, 3]


def test_tensors_of_every_shape_are_written_whole(tmp_path):
    many = torch.arange(3 * (1 << 20), dtype=torch.float32)  # more than is converted at a time
    tensors = {"many": many, "none": torch.zeros(0, 3), "one": torch.tensor(2.0)}
    tensors |= {"turned": torch.arange(6.0).reshape(2, 3).t(), "whole": torch.tensor([1, 2])}
    plans = {name: Plan(tensor, tensor.dtype) for name, tensor in tensors.items()}
    steps = []
    write_safetensors(tmp_path / "x.safetensors", plans, {}, lambda *step: steps.append(step))
    saved = load_file(tmp_path / "x.safetensors")
    assert all(torch.equal(saved[name], tensor) for name, tensor in tensors.items())
    total = sum(tensor.nbytes for tensor in tensors.values())
    assert steps[-1] == (total, total) and steps == sorted(steps)


def test_a_saved_file_says_what_it_is_and_where_from(official, tmp_path):
    source = official()
    saved = save(source, tmp_path / "x.safetensors")
    with safe_open(saved, "pt") as opened:
        metadata = opened.metadata()
    assert metadata == {
        "format": "pt",
        "gligen.mode": "text_box",
        "gligen.inpaint": "false",
        "gligen.base": "custom base",
        "gligen.heads": "4",
        "gligen.fuser": "gatedSA",
        "gligen.source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }


def test_heads_come_through_a_save(official, tmp_path):
    saved = save(official(), tmp_path / "x.safetensors")
    assert {fuser.attn.heads for fuser in load_gligen(saved).fusers.values()} == {4}


def test_a_mode_that_the_weights_leave_open_is_not_written_down(official_file):
    from gligen_core.checkpoint import metadata_of

    unsure = detect(official_file("generation_depth", "x.bin"))
    assert "gligen.mode" not in metadata_of(unsure)
    named = detect(official_file("generation_depth", "depth.bin"))
    chosen = detect(official_file("generation_depth", "x.bin"), "depth")
    assert metadata_of(named)["gligen.mode"] == metadata_of(chosen)["gligen.mode"] == "depth"


# layouts


def test_a_diffusers_folder_comes_back_as_it_was(official, weights, tmp_path):
    folder = save(official(), tmp_path / "folder", layout="diffusers")
    assert (folder / "unet" / "config.json").is_file()
    saved = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    assert all(key.split(".")[0] in {"position_net", *DIFFUSERS_PARTS} for key in saved)
    back = save(folder, tmp_path / "back.safetensors")
    assert all(torch.equal(load_file(back)[key], weights[key]) for key in weights)
    assert load_gligen(folder).info == load_gligen(back).info


DIFFUSERS_PARTS = {"down_blocks", "mid_block", "up_blocks"}


def test_a_single_diffusers_file_is_written_where_the_name_asks_for_one(official, tmp_path):
    saved = save(official(), tmp_path / "x.safetensors", layout="diffusers")
    assert {key.split(".")[0] for key in load_file(saved)} == {"position_net", *DIFFUSERS_PARTS}


def test_a_diffusers_config_is_handed_on(weights, tmp_path, official):
    folder = save(official(), tmp_path / "one", layout="diffusers")
    config = json.loads((folder / "unet" / "config.json").read_text()) | {"sample_size": 96}
    (folder / "unet" / "config.json").write_text(json.dumps(config))
    again = save(folder, tmp_path / "two", layout="diffusers")
    assert json.loads((again / "unet" / "config.json").read_text()) == config


OFFICIAL = [
    *("generation_text", "generation_text_image", "generation_keypoint", "generation_hed"),
    *("generation_canny", "generation_depth", "generation_normal", "generation_sem"),
    *("inpainting_text", "inpainting_text_image"),
]


@pytest.mark.parametrize("name", OFFICIAL)
@pytest.mark.parametrize("layout", ["ldm", "diffusers"])
@pytest.mark.parametrize("precision", ["same", "fp8"])
def test_every_key_of_a_full_size_file_is_saved_and_found_again(
    official_file, name, layout, precision
):
    file = official_file(name)
    plans = plan(file, precision, layout)
    names, found = ldm_names(plans)
    wide = file.shapes[f"{FIRST}weight"][1] != 4
    expected = {key for key in file.tensors if wide or not key.startswith(FIRST)}
    assert found == layout and names.keys() == expected
    assert all(plans[names[key]].source is file.tensors[key] for key in expected)
    assert any(key.startswith("downsample_net.") for key in file.tensors) == any(
        key.startswith("downsample_net.") for key in plans
    )


# where it may write


def test_what_is_there_is_not_overwritten_unless_asked(official, tmp_path):
    source = official()
    target = save(source, tmp_path / "x.safetensors")
    before = target.read_bytes()
    with pytest.raises(GligenError, match=r"x\.safetensors: is there already\. Choose another"):
        save(source, target, precision="fp16")
    assert target.read_bytes() == before
    save(source, target, precision="fp16", overwrite=True)
    assert target.stat().st_size < len(before)


def test_a_folder_that_holds_a_unet_is_not_overwritten_either(official, tmp_path):
    (tmp_path / "folder" / "unet").mkdir(parents=True)
    (tmp_path / "folder" / "unet" / "config.json").write_text("{}")
    with pytest.raises(GligenError, match=r"config\.json: is there already"):
        save(official(), tmp_path / "folder", layout="diffusers")


def test_a_file_may_be_saved_over_itself_when_asked(official, weights, tmp_path):
    target = save(official(), tmp_path / "x.safetensors")
    save(target, target, precision="fp16", overwrite=True)
    assert all(torch.equal(t, weights[key].half()) for key, t in load_file(target).items())


def test_another_ending_is_refused(official, tmp_path):
    with pytest.raises(GligenError, match=r"expected a name that ends in \.safetensors"):
        save(official(), tmp_path / "x.bin")


def test_an_interrupted_save_leaves_nothing(official, tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(official(), tmp_path / "new" / "x.safetensors", progress=stop)
    assert not (tmp_path / "new").exists()
    with pytest.raises(KeyboardInterrupt):
        save(official(), tmp_path / "unets", layout="diffusers", progress=stop)
    assert not (tmp_path / "unets").exists()


def test_a_network_in_memory_is_written_with_the_same_words(official, weights, tmp_path):
    from gligen_core.checkpoint import metadata_of

    source = official()
    model, found = load_gligen(source), detect(read_checkpoint(source))
    plans = {name: Plan(tensor, torch.float16) for name, tensor in ldm_weights(model).items()}
    write_safetensors(tmp_path / "x.safetensors", plans, metadata_of(found))
    read = read_tensors(read_checkpoint(tmp_path / "x.safetensors").tensors)
    assert all(torch.equal(read[key], weights[key].half()) for key in weights)
