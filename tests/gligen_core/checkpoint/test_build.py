"""From files to networks that hold the very tensors of the file."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from gligen_core.checkpoint import build_gligen, detect, ldm_weights, load_gligen
from gligen_core.errors import GligenError
from gligen_core.layers.fusion import Fusion
from gligen_core.modalities.text_box import TextBoxInputs

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn]
CONTEXT = 64


@pytest.fixture
def saved(weights, tmp_path):
    def save(changes=None, dtype=torch.float32, **metadata):
        content = {key: weight.to(dtype) for key, weight in (weights | (changes or {})).items()}
        save_file(content, tmp_path / "x.safetensors", metadata or None)
        return tmp_path / "x.safetensors"

    return save


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_network_holds_the_tensors_of_its_file(saved, weights, dtype):
    model = load_gligen(saved(dtype=dtype))
    held = ldm_weights(model)
    assert held.keys() == weights.keys()
    assert all(tensor.dtype == dtype for tensor in held.values())
    assert all(torch.equal(held[key].float(), weights[key].to(dtype).float()) for key in weights)


def test_blocks_come_in_the_order_of_the_unet(saved):
    assert [str(block) for block in load_gligen(saved()).blocks] == [
        "input.1.0",
        "middle.0.0",
        "output.11.0",
    ]


def test_the_network_says_what_was_found(saved):
    model = load_gligen(saved(**{"gligen.base": "demo"}))
    assert model.info.startswith("box + text · demo (context 64)\n3 fusers (gatedSA)")


def test_a_file_that_is_rewritten_in_place_changes_no_network(saved):
    path = saved()
    model = load_gligen(path)
    before = {name: weight.clone() for name, weight in ldm_weights(model).items()}
    with path.open("r+b") as file:
        file.write(b"\xff" * path.stat().st_size)
        file.truncate(10)  # a mapping would end the process when it is touched
    after = ldm_weights(model)
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_layers_are_made_of_what_was_asked_for(saved):
    class Counted(nn.Linear):
        made = 0

        def __init__(self, *args, **kwargs):
            Counted.made += 1
            assert torch.get_default_device().type == "meta"
            super().__init__(*args, **kwargs)

    class Ops:
        Linear, LayerNorm, Conv2d = Counted, nn.LayerNorm, nn.Conv2d

    model = load_gligen(saved(), ops=Ops)
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    assert Counted.made == len(linear) > 0


@pytest.mark.parametrize("heads, expected", [({}, 1), ({"gligen.heads": "4"}, 4)])
def test_heads_follow_the_file_then_the_width(saved, heads, expected):
    model = load_gligen(saved(**heads))
    assert {fuser.attn.heads for fuser in model.fusers.values()} == {expected}


def test_heads_that_do_not_divide_the_width_are_refused(saved):
    with pytest.raises(GligenError, match=r"input\.1\.0 is 32 wide, which 5 heads do not divide"):
        load_gligen(saved(**{"gligen.heads": "5"}))


def test_a_loaded_network_computes(saved):
    model = load_gligen(saved(**{"gligen.heads": "4"}))
    inputs = TextBoxInputs(torch.rand(2, 3, 4), torch.ones(2, 3), torch.randn(2, 3, CONTEXT))
    tokens = model.position_net(inputs)
    out = model.fuser(model.blocks[0])(torch.randn(2, 16, 32), Fusion(tokens, 1.0, 1.0))
    assert tokens.shape == (2, 3, CONTEXT) and out.shape == (2, 16, 32) and out.isfinite().all()


def test_sds_own_first_convolution_stays_with_sd(saved, sd_weights):
    first = {key: value for key, value in sd_weights.items() if key.startswith("input_blocks.0.")}
    assert load_gligen(saved(first)).first_conv is None


def test_a_wider_first_convolution_comes_along(saved):
    first = {
        "input_blocks.0.0.weight": torch.randn(32, 9, 3, 3),
        "input_blocks.0.0.bias": torch.randn(32),
    }
    model = load_gligen(saved(first))
    assert model.inpaint and model.first_conv.padding == (1, 1)
    assert torch.equal(model.first_conv.weight, first["input_blocks.0.0.weight"])
    assert torch.equal(model.first_conv.bias, first["input_blocks.0.0.bias"])


@pytest.mark.parametrize(
    "name", ["fuser.norm1.weight", "fuser.attn.to_q.weight", "linears.4.weight"]
)
def test_a_missing_tensor_is_named(weights, tmp_path, name):
    key = next(key for key in weights if key.endswith(name))
    save_file({k: w for k, w in weights.items() if k != key}, tmp_path / "x.safetensors")
    with pytest.raises(GligenError, match=rf"x\.safetensors: .*{name}"):
        load_gligen(tmp_path / "x.safetensors")


def test_a_tensor_of_another_shape_is_named_with_both(saved):
    key = "middle_block.1.transformer_blocks.0.fuser.ff.net.2.bias"
    with pytest.raises(GligenError, match=r"fuser\.ff\.net\.2\.bias \[7\] \(expected \[32\]\)"):
        load_gligen(saved({key: torch.zeros(7)}))


def test_a_tensor_too_many_is_named(saved):
    with pytest.raises(GligenError, match=r"too much 1 tensors: position_net\.extra"):
        load_gligen(saved({"position_net.extra": torch.zeros(7)}))


OFFICIAL = [
    *("generation_text", "generation_text_image", "generation_keypoint", "generation_hed"),
    *("generation_canny", "generation_depth", "generation_normal", "generation_sem"),
    *("inpainting_text", "inpainting_text_image"),
]


@pytest.mark.parametrize("name", OFFICIAL)
def test_a_full_size_network_has_the_names_and_shapes_of_its_official_file(official_file, name):
    file = official_file(name)
    weights = {
        key: torch.empty(shape, device="meta", dtype=torch.float16)
        for key, shape in file.shapes.items()
    }
    model = build_gligen(weights, detect(file))
    built = {key: tuple(tensor.shape) for key, tensor in ldm_weights(model).items()}
    wide = file.shapes["input_blocks.0.0.weight"][1] != 4
    expected = {
        key: shape
        for key, shape in file.shapes.items()
        if wide or not key.startswith("input_blocks.0.0.")
    }
    assert built == expected
    assert {tensor.dtype for tensor in ldm_weights(model).values()} == {torch.float16}
    assert model.inpaint == name.startswith("inpainting")
    assert len(model.blocks) == 16
