"""The demo's weight files: small, complete, and read by the ordinary loader."""

import pytest
import torch

from gligen_core.checkpoint import load_gligen
from gligen_core.demo.autoencoder import Autoencoder
from gligen_core.demo.files import (
    BASE_FILE,
    FOLDER,
    TEXT_BOX_FILE,
    load_demo,
    save_base,
    save_gligen,
)
from gligen_core.demo.networks import UNET, Base, new_gligen
from gligen_core.errors import GligenError
from gligen_core.modalities.text_box import TextBoxInputs

BUDGET = 16e6  # bytes of all weights that ship


def test_a_base_comes_back_as_it_was_saved(tmp_path):
    base, autoencoder = Base(), Autoencoder()
    save_base(base, autoencoder, tmp_path)
    weights = load_demo(tmp_path)
    for network, loaded in (
        (base.unet, weights.unet),
        (base.text_encoder, weights.text_encoder),
        (autoencoder, weights.autoencoder),
    ):
        saved = network.state_dict()
        network.load_state_dict(loaded)  # strict: the same keys
        for key, tensor in saved.items():
            assert torch.equal(tensor.half().float(), loaded[key])


def test_a_gligen_comes_back_through_the_ordinary_loader(tmp_path):
    torch.manual_seed(1)
    gligen = new_gligen(Base().unet)
    with torch.no_grad():
        for parameter in gligen.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.1).copy_(parameter.half().float())
    loaded = load_gligen(save_gligen(gligen, tmp_path))
    assert loaded.modality.name == "text_box" and set(loaded.blocks) == set(gligen.blocks)
    inputs = TextBoxInputs(torch.rand(2, 3, 4), torch.ones(2, 3), torch.randn(2, 3, UNET.context))
    with torch.no_grad():
        tokens = gligen.position_net(inputs)
        assert torch.allclose(loaded.position_net.float()(inputs), tokens, atol=1e-5)
        for block in gligen.blocks:
            fuser, other = gligen.fuser(block), loaded.fuser(block).float()
            x = torch.randn(2, 16, fuser.norm1.weight.shape[0])
            assert torch.allclose(
                fuser(x, fuser.fusion(x, tokens)), other(x, other.fusion(x, tokens)), atol=1e-5
            )


def test_a_missing_file_says_how_to_get_it(tmp_path):
    with pytest.raises(GligenError, match=r"demo_base.safetensors: no such file.*demo train"):
        load_demo(tmp_path)


def test_a_file_without_a_part_is_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"unet.x": torch.zeros(1)}, tmp_path / BASE_FILE)
    with pytest.raises(GligenError, match="no weights of text_encoder, autoencoder"):
        load_demo(tmp_path)


def test_what_ships_is_complete_and_small():
    weights = load_demo()
    base = Base()
    base.unet.load_state_dict(weights.unet)
    base.text_encoder.load_state_dict(weights.text_encoder)
    Autoencoder().load_state_dict(weights.autoencoder)
    assert load_gligen(FOLDER / TEXT_BOX_FILE).modality.name == "text_box"
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= BUDGET
