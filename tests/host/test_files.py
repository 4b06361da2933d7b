"""What Load GLIGEN lists and loads from the host's model folders."""

import shutil

import pytest
import torch


@pytest.fixture
def files(pack):
    return pack("host.files")


def test_the_list_holds_weights_and_diffusers_folders_and_nothing_else(studio, files):
    folder = studio.folder
    added = [folder / name for name in ("a.pth", "b.bin", "sub/c.SAFETENSORS", "read.me", "d.txt")]
    added.append(folder / "diffusers" / "unet" / "diffusion_pytorch_model.bin")
    added.append(folder / "diffusers" / "vae" / "diffusion_pytorch_model.bin")
    for file in added:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    try:
        names = files.gligen_names()
    finally:
        for file in added[:2] + added[3:5]:
            file.unlink()
        for name in ("sub", "diffusers"):
            shutil.rmtree(folder / name)
    expected = {"a.pth", "b.bin", "tiny.safetensors", "diffusers"}
    assert expected <= set(names)
    assert any(name.endswith("c.SAFETENSORS") for name in names)
    assert not any(name.endswith((".me", ".txt")) or "/unet" in name for name in names)


def test_the_demos_gligen_is_listed_and_its_base_is_not(files):
    assert "demo_base.safetensors" not in files.gligen_names()
    assert str(files.DEMO_WEIGHTS) in files.folder_paths.get_folder_paths("gligen")


def test_a_name_that_is_gone_says_where_it_was_looked_for(files, pack):
    with pytest.raises(pack("gligen_core.errors").GligenError, match=r"gone\.bin: no such file"):
        files.load("gone.bin", "auto")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("gligen-generation-canny.bin", "huggingface.co/gligen/gligen-generation-canny."),
        ("mine/gligen-inpainting-text-image-box", "gligen/gligen-inpainting-text-image-box."),
        ("gligen_sd14_textbox_pruned.safetensors", "comfyanonymous/GLIGEN_pruned_safetensors."),
        ("demo_gligen_text_box.safetensors", "comes with this pack"),
        ("something.pth", "Official files are had from https://huggingface.co/gligen"),
    ],
)
def test_where_a_missing_file_is_had(pack, name, place):
    assert place in pack("host.published").where_had(name)


@pytest.mark.parametrize("written", ["below/other/tiny.pth", "below\\other\\tiny.pth"])
def test_a_name_with_the_other_systems_slash_finds_its_file(studio, files, pack, written):
    """As a workflow holds it that was saved on Windows, or on anything else."""
    file = studio.folder / "below" / "other" / "tiny.pth"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    try:
        assert pack("nodes.load").LoadGligen.validate_inputs(written) is True
        assert files.gligen_path(written) == file
        assert files.fingerprint(written) == files.fingerprint(str(file.relative_to(studio.folder)))
    finally:
        shutil.rmtree(studio.folder / "below")


@pytest.mark.parametrize("name", ["../secret.bin", "/etc/hostname"])
def test_a_name_does_not_lead_out_of_the_model_folders(studio, files, pack, name):
    (studio.folder.parent / "secret.bin").write_bytes(b"")
    with pytest.raises(pack("gligen_core.errors").GligenError, match="no such file"):
        files.gligen_path(name)


def test_a_link_in_a_model_folder_is_followed(studio, files, tmp_path):
    (studio.folder / "tiny.safetensors").rename(tmp_path / "elsewhere.safetensors")
    (studio.folder / "tiny.safetensors").symlink_to(tmp_path / "elsewhere.safetensors")
    try:
        assert files.load("tiny.safetensors", "auto").model.blocks == studio.gligen.model.blocks
    finally:
        (tmp_path / "elsewhere.safetensors").replace(studio.folder / "tiny.safetensors")


def test_a_changed_file_is_read_anew(studio, files):
    studio.save_gligen("changing.safetensors", seed=1)
    before = files.fingerprint("changing.safetensors")
    key = studio.load("changing.safetensors").key
    assert files.fingerprint("changing.safetensors") == before
    studio.save_gligen("changing.safetensors", seed=2, dtype=torch.float16)
    assert files.fingerprint("changing.safetensors") != before
    assert studio.load("changing.safetensors").key != key


def test_the_node_says_what_it_found(studio, pack):
    out = pack("nodes.load").LoadGligen.execute("tiny.safetensors", "auto")
    assert out[0].name == "tiny.safetensors"
    (text,) = out.ui.as_dict()["text"]
    assert "tiny.safetensors" in text and len(text.splitlines()) >= 2


def test_the_network_waits_off_the_device_and_casts_its_weights_at_use(studio, host):
    management = host("comfy.model_management")
    patcher = studio.gligen.patcher
    assert patcher.load_device == management.get_torch_device()
    linear = patcher.model.position_net.linears[0]
    assert isinstance(linear, host("comfy.ops").manual_cast.Linear)
