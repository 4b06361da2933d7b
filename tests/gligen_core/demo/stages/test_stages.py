"""`python -m gligen_core.demo.stages`: every stage of the world's networks, a step of each."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate.utils import send_to_device
from safetensors.torch import load_file

from gligen_core.demo.chance import chance_of
from gligen_core.demo.drawings import THING_NAMES, items_of, pictures, random_scenes
from gligen_core.demo.parts.autoencoder import Autoencoder
from gligen_core.demo.parts.base import UNET, Base, new_gligen
from gligen_core.demo.stages import STAGES, measured
from gligen_core.demo.stages import base as base_stage
from gligen_core.demo.stages import text_box as text_box_stage
from gligen_core.demo.stages.bank import NAMES, Bank
from gligen_core.demo.stages.base import BaseRecipe
from gligen_core.demo.stages.captions import all_phrases, captions, phrase_rows, scenes_of
from gligen_core.demo.stages.detector import new_detector
from gligen_core.demo.stages.settings import Settings
from gligen_core.demo.stages.text_box import Grounded, TextBoxRecipe
from gligen_core.demo.words import LENGTH, tokenize
from gligen_core.demo.world.random_scene import Choice
from gligen_core.errors import GligenError
from gligen_core.modalities.text_box import TextBoxInputs

CHECKOUT = Path(__file__).resolve().parents[4]
SIZE = (128, 128)


def scenes(count=4, **choice):
    return random_scenes(chance_of(0, "test", 0), count, Choice(**choice), SIZE)


@pytest.fixture(scope="module")
def autoencoder():
    torch.manual_seed(0)
    return Autoencoder().eval().requires_grad_(False)


@pytest.fixture
def bank(tmp_path, autoencoder):
    phases = ((0, Choice(things=("cat",), most=1)), (10, Choice(most=2)))
    return Bank(autoencoder, tmp_path, 1, 1, phases)


def test_every_stage_trains_and_leaves_its_file(tmp_path):
    def run(stages):
        return subprocess.run(
            [sys.executable, "-m", "gligen_core.demo.stages", "--folder", str(tmp_path),
             "--stages", *stages, "--scale", "0.0001", "--batch", "1", "--device", "cpu"],
            cwd=CHECKOUT, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip

    done = run(["autoencoder", "detector"])
    assert done.returncode == 0, done.stderr
    assert "PSNR" in done.stderr + done.stdout and "right thing" in done.stderr + done.stdout
    assert set(load_file(tmp_path / "autoencoder.safetensors")) == set(Autoencoder().state_dict())
    new_detector().load_state_dict(load_file(tmp_path / "detector.safetensors"))
    again = run(["autoencoder"])
    assert again.returncode == 0 and "going on from" in again.stderr + again.stdout


def test_the_stages_are_in_the_order_in_which_they_are_made():
    assert list(STAGES) == ["autoencoder", "detector", "pose_reader", "base", "text_box"]


def test_latents_have_mean_0_and_spread_1_once_measured(autoencoder):
    drawn = pictures(scenes(), SIZE)
    codes = autoencoder.encoder(drawn)
    measured = Autoencoder()
    measured.load_state_dict(autoencoder.state_dict())
    measured.mean.copy_(codes.mean(dim=(0, 2, 3)))
    measured.spread.copy_(codes.std(dim=(0, 2, 3)))
    latents = measured.latents(drawn)
    assert latents.mean(dim=(0, 2, 3)).abs().max() < 1e-4
    assert (latents.std(dim=(0, 2, 3)) - 1).abs().max() < 1e-3
    # The host's scale and the model's are the same latents.
    assert torch.allclose(
        measured.decode(measured.encode(drawn)), measured.picture(latents), atol=1e-5
    )


def test_a_bank_gives_the_same_scenes_from_its_files(bank, tmp_path, autoencoder):
    first = bank.at(0)
    assert first.latents.shape == (1, 4, 16, 16) and first.cells.shape == (1, 16, 16)
    files = list((tmp_path / "bank").rglob("*.safetensors"))
    again = Bank(autoencoder, tmp_path, 1, 1, bank.phases).at(0)
    assert len(files) == 1 and set(load_file(files[0])) == set(NAMES)
    assert torch.equal(first.latents, again.latents)
    assert torch.equal(first.items.boxes, again.items.boxes)
    files[0].write_bytes(b"cut short")
    assert torch.equal(Bank(autoencoder, tmp_path, 1, 1, bank.phases).at(0).latents, first.latents)


def test_a_bank_follows_the_phases(bank):
    assert {THING_NAMES[int(bank.at(step).items.thing[0, 0])] for step in range(10)} == {"cat"}
    assert bank.at(2).latents.shape == (1, 4, 16, 24)
    later = {THING_NAMES[int(bank.at(step).items.thing[0, 0])] for step in range(10, 40)}
    assert len(later) > 3


@pytest.mark.parametrize("batches", [base_stage.Batches, text_box_stage.Batches])
def test_a_batch_is_tensors_alone_so_that_it_moves_to_a_device_whole(bank, batches):
    recipe = BaseRecipe() if batches is base_stage.Batches else TextBoxRecipe()
    batch = send_to_device(batches(bank, recipe, 1)(0), "meta")
    assert len(batch) >= 5 and all(tensor.is_meta for tensor in batch)


@pytest.mark.parametrize("batch, files", [(1, 16), (32, 16), (128, 4), (512, 1), (1024, 1)])
def test_a_large_batch_has_a_file_of_its_own(autoencoder, tmp_path, batch, files):
    assert Bank(autoencoder, tmp_path, 1, batch, ()).chunk == files


def test_cells_tell_what_stands_there(bank):
    encoded = bank.at(0)
    assert set(encoded.cells.unique().tolist()) <= {0, 1 + THING_NAMES.index("cat")}
    assert (encoded.cells > 0).any()


def test_captions_of_a_batch():
    few = scenes(40)
    items, background = items_of(few), torch.zeros(40, dtype=torch.long)
    told = captions(items, background, chance_of(0, "test", 1), told=1.0, dropped=0.0)
    assert all(" at the " in text for text in told)
    mixed = captions(items, background, chance_of(0, "test", 1), told=0.0, dropped=0.5)
    assert 5 < mixed.count("") < 35 and not any(" at the " in text for text in mixed)
    assert tokenize(told).shape == (40, LENGTH)
    assert [len(scene.items) for scene in scenes_of(items, background)] == [
        len(scene.items) for scene in few
    ]


def test_phrase_rows_point_at_the_phrase_of_each_item():
    few = scenes(20)
    rows, phrases = phrase_rows(items_of(few)), all_phrases()
    for row, scene in zip(rows.tolist(), few, strict=True):
        assert [phrases[row[n]] for n in range(len(scene.items))] == [
            item.phrase for item in scene.items
        ]


def test_the_text_box_gligen_begins_as_the_identity_on_a_frozen_base():
    torch.manual_seed(0)
    base = Base()
    network = Grounded(base)
    assert not any(parameter.requires_grad for parameter in network.base.parameters())
    inputs = TextBoxInputs(torch.rand(2, 8, 4), torch.ones(2, 8), torch.randn(2, 8, UNET.context))
    x, timesteps, tokens = (
        torch.randn(2, 4, 16, 24),
        torch.tensor([3, 900]),
        tokenize(["", "a sun"]),
    )
    with torch.no_grad():
        assert torch.allclose(
            network(x, timesteps, tokens, inputs), base(x, timesteps, tokens), atol=1e-5
        )
    assert len(new_gligen(base.unet).blocks) == 5


def test_all_weights_of_ten_modes_fit_the_budget():
    size = lambda network: sum(p.numel() for p in network.parameters()) * 2 / 1e6  # noqa: E731
    base = Base()
    total = (
        size(base) + size(Autoencoder()) + size(new_detector()) + 10 * size(new_gligen(base.unet))
    )
    assert total < 46


def test_measuring_before_the_stages_are_finished_says_which_are_missing(tmp_path):
    with pytest.raises(GligenError, match=r"stages autoencoder, detector, base, text_box are not"):
        list(measured(Settings(tmp_path)))
