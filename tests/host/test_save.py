"""Save GLIGEN: where it writes, and that what it wrote loads here and in the stock node."""

import os

import pytest
import torch
from safetensors.torch import load_file
from studio import BOXES, PHRASES, distance

# Of the picture, as a share of its largest value; eight bits round three bits behind the point.
TOLERANCE = {"same": 0.0, "fp32": 0.0, "fp16": 0.02, "bf16": 0.1, "fp8": 0.5}


@pytest.fixture
def save(studio, pack):
    """Runs the node; what it wrote is gone afterwards."""
    written = []

    def run(name, dtype="fp16", layout="ldm", folder="models/gligen", **changes):
        inputs = {"overwrite": False, "modality": "auto", "gligen_name": "tiny.safetensors"}
        path = pack("host.saving").save_path(folder, name, layout)
        written.append(path)
        out = pack("nodes.save").SaveGligen.execute(
            name=name, dtype=dtype, layout=layout, folder=folder, **(inputs | changes)
        )
        return path, out.ui.as_dict()["text"][0]

    yield run
    for path in written:
        files = [*path.rglob("*")][::-1] if path.is_dir() else []
        for file in [*files, path]:
            if file.is_file() or file.is_symlink():
                file.unlink()
            elif file.is_dir():
                file.rmdir()


def stock_picture(studio, name):
    """A picture of the host's own nodes with a GLIGEN file."""
    (gligen,) = studio.nodes.GLIGENLoader().load_gligen(name)
    conditioning = studio.text("a photo")
    for (x0, y0, x1, y1), phrase in zip(BOXES, PHRASES, strict=True):
        (conditioning,) = studio.nodes.GLIGENTextBoxApply().append(
            conditioning,
            studio.clip,
            gligen,
            phrase,
            *(int(64 * (x1 - x0)), int(64 * (y1 - y0)), int(64 * x0), int(64 * y0)),
        )
    return studio.ksampler(studio.model, conditioning, studio.text(""))


def our_picture(studio, name):
    grounding = studio.ground(gligen=studio.load(name))
    return studio.ksampler(*studio.apply(grounding=grounding))


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_saved_text_box_file_loads_in_the_stock_gligen_loader(studio, save, dtype):
    path, _ = save("saved", dtype)
    stock = stock_picture(studio, "tiny.safetensors")
    assert distance(stock_picture(studio, path.name), stock) <= TOLERANCE[dtype]


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_saved_file_samples_as_before(studio, save, dtype):
    path, _ = save("saved", dtype)
    before, after = our_picture(studio, "tiny.safetensors"), our_picture(studio, path.name)
    assert after.isfinite().all() and distance(after, before) <= TOLERANCE[dtype]


def test_fp8_weights_stay_fp8_and_are_cast_at_use(studio, save):
    path, _ = save("small", "fp8")
    model = studio.load(path.name).model
    fuser = model.fuser(model.blocks[0])
    assert fuser.attn.to_q.weight.dtype == torch.float8_e4m3fn
    assert fuser.norm1.weight.dtype == torch.float16
    our_picture(studio, path.name)
    assert fuser.attn.to_q.weight.dtype == torch.float8_e4m3fn


def test_a_diffusers_folder_is_listed_and_samples_as_before(studio, save, pack):
    path, _ = save("folder", "same", "diffusers")
    assert "folder" in pack("host.files").gligen_names()
    held, before = (studio.load(name).model.state_dict() for name in ("folder", "tiny.safetensors"))
    assert all(torch.equal(held[key], before[key]) for key in before)
    assert (path / "unet" / "config.json").is_file()


def test_the_node_says_where_it_wrote_and_what(studio, save):
    path, text = save("sub/folder/name", "bf16")
    assert path == studio.folder / "sub" / "folder" / "name.safetensors"
    assert text.startswith("models/gligen/sub/folder/name.safetensors\n")
    assert str(path.parent) not in text and "box + text" in text and "bf16" in text
    assert load_file(path)["position_net.linears.0.weight"].dtype == torch.bfloat16


def test_the_output_folder_may_be_chosen(studio, save, host):
    path, _ = save("kept", folder="output")
    assert path.parent == type(path)(host("folder_paths").get_output_directory())
    assert path.is_file()


def test_what_is_there_is_kept_unless_told_otherwise(studio, save, pack, monkeypatch):
    path, _ = save("twice", "fp32")
    before = path.read_bytes()
    with pytest.raises(pack("gligen_core.errors").GligenError, match="is there already"):
        save("twice", "fp16")
    assert path.read_bytes() == before
    with pytest.raises(pack("gligen_core.errors").GligenError, match="GLIGEN_ALLOW_OVERWRITE=1"):
        save("twice", "fp16", overwrite=True)
    assert path.read_bytes() == before
    monkeypatch.setenv("GLIGEN_ALLOW_OVERWRITE", "1")
    save("twice", "fp16", overwrite=True)
    assert len(path.read_bytes()) < len(before)


OUTSIDE = [
    *("", "  ", "..", "../x", "a/../../x", "/etc/x", "\\\\server\\share\\x", "C:\\x", "C:x"),
    *("..\\x", "a\0b", "a?b", "a\nb", "a:b", "x/..\\..\\y", "./..", "x" * 300, "x/" * 900 + "x"),
    *(
        "con",
        "NUL.safetensors",
        "sub/Aux",
        "com1.x.y",
        "LPT¹",
        "CONIN$",
        "a/prn .txt",
        "x.",
        "x /y",
    ),
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("folder", ["models/gligen", "output"])
def test_no_name_leads_out_of_the_two_folders(studio, save, pack, name, folder):
    node = pack("nodes.save").SaveGligen
    assert "is no name for a file" in node.validate_inputs(name=name, folder=folder)
    with pytest.raises(pack("gligen_core.errors").GligenError, match="is no name for a file"):
        pack("host.saving").save_path(folder, name, "ldm")


@pytest.mark.parametrize(
    "name",
    [
        *("demo_gligen_text_box", "Demo_GLIGEN_text_box.safetensors", "./demo_gligen_text_box"),
        *("demo_base", "projection_matrix", "clip_text_projection"),
    ],
)
def test_no_saved_file_takes_the_place_of_the_packs_own(studio, pack, name):
    files = pack("host.files")
    own = {file.name for file in files.DEMO_WEIGHTS.iterdir()}
    assert "demo_gligen_text_box.safetensors" in own
    node = pack("nodes.save").SaveGligen
    assert "the name of a file of this pack" in node.validate_inputs(name=name)
    assert node.validate_inputs(name=name, folder="output") is True
    assert node.validate_inputs(name=f"mine/{name}") is True


def test_half_a_character_in_a_name_is_replaced(studio, save):
    path, text = save("a\ud800b")
    assert path.name == "a\ufffdb.safetensors" and path.is_file() and text.encode()


def test_a_disk_without_room_is_named_with_file_and_node_and_nothing_stays(
    studio, save, pack, without_room
):
    with without_room(10_000):
        with pytest.raises(pack("gligen_core.errors").GligenError) as refusal:
            save("new/folder/full")
    assert "models/gligen/new/folder/full.safetensors: there is no room" in str(refusal.value)
    assert "Save" in str(refusal.value) and str(studio.folder) not in str(refusal.value)
    assert not (studio.folder / "new").exists()
    with without_room(10_000):
        with pytest.raises(pack("gligen_core.errors").GligenError, match="there is no room"):
            save("full", layout="diffusers")
    assert not (studio.folder / "full").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_nor_does_a_link(studio, pack, tmp_path):
    (studio.folder / "away").symlink_to(tmp_path)
    try:
        with pytest.raises(pack("gligen_core.errors").GligenError, match="leads out of"):
            pack("host.saving").save_path("models/gligen", "away/x", "ldm")
    finally:
        (studio.folder / "away").unlink()


def test_a_stopped_run_leaves_nothing_half_written(studio, save, pack, host):
    management = host("comfy.model_management")
    management.interrupt_current_processing()
    with pytest.raises(management.InterruptProcessingException):
        save("stopped")
    assert not list(studio.folder.glob("stopped*"))


@pytest.mark.parametrize(
    "wrong", [{"dtype": "fp4"}, {"layout": "onnx"}, {"folder": "/"}, {"gligen_name": "../x"}]
)
def test_a_choice_off_the_list_is_refused_at_validation(studio, pack, wrong):
    (name,) = wrong
    said = pack("nodes.save").SaveGligen.validate_inputs(name="x", **wrong)
    assert "no such file" in said if name == "gligen_name" else name in said and " is '" in said
