"""Each kind of file gives the same tensors; what is no GLIGEN is named, with the remedy."""

import json
import shutil
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gligen_core.bases.sd_keys import to_diffusers
from gligen_core.checkpoint import read_checkpoint
from gligen_core.checkpoint.stored import read_tensors
from gligen_core.errors import GligenError


def torch_file(path, content, old=False):
    torch.save(content, path, _use_new_zipfile_serialization=not old)
    return path


def safetensors_file(path, content, **metadata):
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(content, path, metadata or None)
    return path


def prefixed(weights, prefix):
    return {prefix + key: weight for key, weight in weights.items()}


def in_diffusers(weights):
    return {to_diffusers(key): weight for key, weight in weights.items()}


def nested(weights, config=None):
    """As the official trainer saves it."""
    return {
        "model": weights,
        "autoencoder": {"encoder.conv_in.weight": torch.zeros(1)},
        "text_encoder": {"transformer.text_model.x": torch.zeros(1)},
        "diffusion": {"betas": torch.zeros(1)},
        "config_dict": config,
        "opt": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 1e-4}]},
        "iters": 3,
    }


FORMATS = {
    "official .bin": lambda p, w, sd: torch_file(p / "x.bin", nested(w | sd)),
    "official .pth, old torch": lambda p, w, sd: torch_file(p / "x.pth", nested(w | sd), old=True),
    "pruned safetensors": lambda p, w, sd: safetensors_file(p / "x.safetensors", w),
    "state dict": lambda p, w, sd: torch_file(p / "x.ckpt", w | sd),
    "state dict of parameters": lambda p, w, sd: torch_file(
        p / "x.pt", {key: torch.nn.Parameter(weight) for key, weight in w.items()}
    ),
    "under model.": lambda p, w, sd: safetensors_file(
        p / "x.safetensors", prefixed(w | sd, "model.")
    ),
    "under model.diffusion_model.": lambda p, w, sd: torch_file(
        p / "x.ckpt", {"state_dict": prefixed(w | sd, "model.diffusion_model.")}
    ),
    "diffusers file": lambda p, w, sd: safetensors_file(p / "x.safetensors", in_diffusers(w | sd)),
    "diffusers folder": lambda p, w, sd: safetensors_file(
        p / "d/unet/diffusion_pytorch_model.safetensors", in_diffusers(w)
    ).parents[1],
    "diffusers folder, .bin variant": lambda p, w, sd: _bin_folder(p / "d" / "unet", w),
    "the unet folder itself": lambda p, w, sd: (
        safetensors_file(
            p / "d/unet/diffusion_pytorch_model.fp16.safetensors", in_diffusers(w)
        ).parent
    ),
    "official folder": lambda p, w, sd: _official_folder(p / "gligen-text", w),
    "shards": lambda p, w, sd: _shards(p / "d" / "unet", in_diffusers(w | sd)).parent,
}


def _bin_folder(folder, weights):
    folder.mkdir(parents=True)
    torch_file(folder / "diffusion_pytorch_model.fp16.bin", in_diffusers(weights))
    return folder.parent


def _official_folder(folder, weights):
    folder.mkdir()
    torch_file(folder / "diffusion_pytorch_model.bin", nested(weights))
    return folder


def _shards(folder, weights):
    keys = sorted(weights)
    names = [f"diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    parts = {name: keys[n::2] for n, name in enumerate(names)}
    for name, part in parts.items():
        safetensors_file(folder / name, {key: weights[key] for key in part})
    index = {"weight_map": {key: name for name, part in parts.items() for key in part}}
    file = folder / "diffusion_pytorch_model.safetensors.index.json"
    file.write_text(json.dumps(index))
    return file


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.float8_e4m3fn], ids=str)
def test_every_format_gives_the_same_tensors(kind, dtype, weights, sd_weights, tmp_path):
    weights = {key: weight.to(dtype) for key, weight in weights.items()}
    file = read_checkpoint(FORMATS[kind](tmp_path, weights, sd_weights))
    tensors = read_tensors(file.tensors)
    extra = {key for key in tensors if key.startswith("input_blocks.0.0.")}
    assert set(tensors) - extra == set(weights)
    assert all(tensors[key].dtype == dtype for key in weights)
    assert all(torch.equal(tensors[key].float(), weights[key].float()) for key in weights)
    assert all(torch.equal(tensors[key], sd_weights[key]) for key in extra)


def test_views_and_shared_storages_come_as_they_were_saved(weights, tmp_path):
    whole = torch.randn(6, 8)
    views = {"position_net.a": whole[1:3, 2:6].t(), "position_net.b": whole[5]}
    for old in (False, True):
        torch_file(tmp_path / "x.pth", weights | views, old)
        tensors = read_tensors(read_checkpoint(tmp_path / "x.pth").tensors)
        assert all(torch.equal(tensors[key], view) for key, view in views.items())


def test_an_odd_offset_is_read_right(weights, tmp_path):
    # Old safetensors headers were not padded, so floats may begin at any byte.
    value = weights["position_net.null_positive_feature"]
    entry = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [0, 4 * value.numel()]}
    key = "input_blocks.1.1.transformer_blocks.0.fuser.norm1.weight"
    header = json.dumps({key: entry}).encode()
    header += b" " * (1 - len(header) % 2)  # odd
    (tmp_path / "x.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + value.numpy().tobytes()
    )
    file = read_checkpoint(tmp_path / "x.safetensors")
    assert file.tensors[key].start % 2
    assert torch.equal(read_tensors(file.tensors)[key], value)


def test_writing_to_a_tensor_leaves_the_file_as_it_is(weights, tmp_path):
    path = safetensors_file(tmp_path / "x.safetensors", weights)
    before = path.read_bytes()
    for tensor in read_tensors(read_checkpoint(path).tensors).values():
        tensor.zero_()
    assert path.read_bytes() == before


def test_what_a_file_says_of_itself_comes_with_it(weights, config_dict, tmp_path):
    named = safetensors_file(tmp_path / "x.safetensors", weights, **{"gligen.mode": "text_box"})
    assert read_checkpoint(named).metadata == {"gligen.mode": "text_box"}
    official = torch_file(tmp_path / "x.bin", nested(weights, {"model": {"params": {}}}))
    assert read_checkpoint(official).config == {"model": {"params": {}}}
    folder = safetensors_file(
        tmp_path / "d/unet/diffusion_pytorch_model.safetensors", in_diffusers(weights)
    ).parent
    config = {"_class_name": "UNet2DConditionModel", "attention_type": "gated"}
    (folder / "config.json").write_text(json.dumps(config))
    assert read_checkpoint(folder.parent).config == config
    assert read_checkpoint(folder.parent).layout == "diffusers"


def test_the_levels_of_a_diffusers_file_are_counted_by_its_config(weights, tmp_path):
    key = "down_blocks.1.attentions.0.transformer_blocks.0.fuser.norm1.weight"
    folder = safetensors_file(
        tmp_path / "d/unet/diffusion_pytorch_model.safetensors", {key: torch.ones(4)}
    ).parent
    config = {"_class_name": "UNet2DConditionModel", "layers_per_block": 1}
    (folder / "config.json").write_text(json.dumps(config))
    (name,) = read_checkpoint(folder).tensors
    assert name.startswith("input_blocks.3.1.")


# what is no GLIGEN

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 836445074\n"
NOT_WEIGHTS = {
    "empty": (b"", r"an empty file\. Download it again"),
    "web page": (b"\n<!DOCTYPE html><html>Access denied", r"a web page.*Open the link"),
    "pointer": (LFS, r"a Git LFS pointer.*git lfs pull"),
    "text": (b"hello, this is no checkpoint", r"neither safetensors nor.*Download it again"),
    "pickle": (b"\x80\x02}.", r"a pickle, but not one of torch\.save"),
}


@pytest.mark.parametrize("kind", NOT_WEIGHTS)
@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
def test_a_file_without_tensors_is_named(kind, suffix, tmp_path):
    content, words = NOT_WEIGHTS[kind]
    (tmp_path / f"x{suffix}").write_bytes(content)
    with pytest.raises(GligenError, match=rf"x\{suffix}: {words}"):
        read_checkpoint(tmp_path / f"x{suffix}")


@pytest.mark.parametrize(
    "kind", ["official .bin", "official .pth, old torch", "pruned safetensors"]
)
@pytest.mark.parametrize("share", [0.999, 0.9, 0.5, 0.1, 0.01])
def test_a_truncated_file_is_named_before_it_is_used(kind, share, weights, sd_weights, tmp_path):
    path = FORMATS[kind](tmp_path, weights, sd_weights)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(GligenError, match=rf"{path.name}: .*(cut short|damaged).*ownload it again"):
        read_tensors(read_checkpoint(path).tensors)


def test_an_archive_that_lost_a_tensor_is_named(weights, tmp_path):
    import zipfile

    torch_file(tmp_path / "whole.bin", weights)
    with zipfile.ZipFile(tmp_path / "whole.bin") as whole:
        with zipfile.ZipFile(tmp_path / "x.bin", "w") as part:
            for name in whole.namelist():
                if not name.endswith("/data/0"):
                    part.writestr(name, whole.read(name))
    with pytest.raises(GligenError, match=r"tensor data '0' is missing from the archive"):
        read_checkpoint(tmp_path / "x.bin")


def test_an_archive_compressed_afterwards_is_named(weights, tmp_path):
    import zipfile

    torch_file(tmp_path / "whole.bin", weights)
    with zipfile.ZipFile(tmp_path / "whole.bin") as whole:
        with zipfile.ZipFile(tmp_path / "x.bin", "w", zipfile.ZIP_DEFLATED) as part:
            for name in whole.namelist():
                part.writestr(name, whole.read(name))
    with pytest.raises(GligenError, match=r"compressed in the archive.*torch\.save"):
        read_checkpoint(tmp_path / "x.bin")


def test_an_archive_of_something_else_is_named(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.bin", "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(GligenError, match=r"without a 'data\.pkl'"):
        read_checkpoint(tmp_path / "x.bin")


def test_a_tensor_beyond_its_storage_is_named(tmp_path):
    # The pickle says 8 x 8; the storage has 4 elements.
    import zipfile

    key = "input_blocks.1.1.transformer_blocks.0.fuser.norm1.weight"
    torch_file(tmp_path / "whole.bin", {key: torch.ones(4)})
    with zipfile.ZipFile(tmp_path / "whole.bin") as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(tmp_path / "x.bin", "w") as file:
        for name, data in parts.items():
            file.writestr(name, data.replace(b"K\x04\x85", b"K\x40\x85"))
    with pytest.raises(GligenError, match=r"shape \[64\] does not fit into its 16 bytes"):
        read_tensors(read_checkpoint(tmp_path / "x.bin").tensors)


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"{}x",
        b'{"a": 3}',
        b'{"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}',
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}',
        b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}',
        b'{"__metadata__": 3}',
    ],
)
def test_a_damaged_safetensors_header_is_named(header, tmp_path):
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)
    with pytest.raises(GligenError, match=r"x\.safetensors: its safetensors header .*ownload"):
        read_checkpoint(tmp_path / "x.safetensors")


LORA = {"lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight": torch.zeros(1)}
OTHERS = {
    "LoRA": (LORA, r"a LoRA, not a GLIGEN.*LoRA loader"),
    "ControlNet": ({"control_model.zero_convs.0.0.weight": torch.zeros(1)}, r"a ControlNet"),
    "checkpoint": (
        {"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(1)},
        r"no GLIGEN: none of its 1 tensors is a fuser.*huggingface\.co/gligen",
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("save, suffix", [(torch_file, ".pt"), (safetensors_file, ".safetensors")])
def test_a_file_of_another_kind_is_named(kind, save, suffix, tmp_path):
    content, words = OTHERS[kind]
    with pytest.raises(GligenError, match=rf"x\{suffix}: {words}"):
        read_checkpoint(save(tmp_path / f"x{suffix}", content))


@pytest.mark.parametrize("value", [[1, 2], torch.zeros(2), "text", {"model": 3}])
def test_a_torch_file_of_no_state_dict_is_named(value, tmp_path):
    with pytest.raises(GligenError, match="no GLIGEN: none of its 0 tensors"):
        read_checkpoint(torch_file(tmp_path / "x.pt", value))


def test_a_missing_file_and_an_unknown_ending_are_named(tmp_path):
    with pytest.raises(GligenError, match=r"gone\.bin: no such file"):
        read_checkpoint(tmp_path / "gone.bin")
    (tmp_path / "x.onnx").write_bytes(b"x")
    with pytest.raises(GligenError, match=r"x\.onnx: expected a file that ends in \.safetensors"):
        read_checkpoint(tmp_path / "x.onnx")


def test_a_folder_without_weights_is_named(tmp_path):
    (tmp_path / "model" / "vae").mkdir(parents=True)
    with pytest.raises(GligenError, match=r"model: no weights in this folder.*'unet/"):
        read_checkpoint(tmp_path / "model")


def test_missing_shards_are_named(weights, tmp_path):
    index = _shards(tmp_path, in_diffusers(weights))
    (tmp_path / "diffusion_pytorch_model-00002-of-00002.safetensors").unlink()
    with pytest.raises(GligenError, match=r"of its 2 parts, .*00002-of-00002.*is not beside it"):
        read_checkpoint(tmp_path)
    index.write_text("{}")
    with pytest.raises(GligenError, match="no 'weight_map'"):
        read_checkpoint(tmp_path)
    index.write_text("<html>")
    with pytest.raises(GligenError, match=r"no JSON .*Download it again"):
        read_checkpoint(tmp_path)


def test_an_index_does_not_lead_out_of_its_folder(weights, tmp_path):
    outside = safetensors_file(tmp_path / "secret.safetensors", in_diffusers(weights))
    inside = tmp_path / "d"
    inside.mkdir()
    index = {"weight_map": dict.fromkeys(in_diffusers(weights), "../secret.safetensors")}
    (inside / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(GligenError, match=r"secret\.safetensors is not beside it"):
        read_checkpoint(inside)
    shutil.copy(outside, inside / "secret.safetensors")
    assert {t.file for t in read_checkpoint(inside).tensors.values()} == {
        Path(inside / "secret.safetensors")
    }


@pytest.mark.parametrize("prefix", ["", "transformer.", "model.diffusion_model."])
def test_a_gligen_for_a_diffusion_transformer_is_named_with_what_is_supported(prefix, tmp_path):
    path = tmp_path / "dit.safetensors"
    names = [f"{prefix}transformer_blocks.{n}.fuser.norm1.bias" for n in range(3)]
    save_file({name: torch.zeros(4) for name in names}, path)
    with pytest.raises(GligenError) as refusal:
        read_checkpoint(path)
    message = str(refusal.value)
    assert "its 3 fusers sit in 'transformer_blocks.0'" in message
    assert "diffusion transformer" in message and "SD1.x, SD2.x and SDXL" in message


def test_a_diffusers_folder_with_a_transformer_is_named_with_what_is_supported(tmp_path):
    (tmp_path / "flux" / "transformer").mkdir(parents=True)
    weights = {"transformer_blocks.0.norm.weight": torch.zeros(4)}
    save_file(weights, tmp_path / "flux" / "transformer" / "diffusion_pytorch_model.safetensors")
    with pytest.raises(
        GligenError, match=r"flux: .*diffusion transformer \('transformer/'\).*SDXL"
    ):
        read_checkpoint(tmp_path / "flux")
