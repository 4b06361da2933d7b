"""`python -m gligen_core.demo.stages`: every stage of the world's networks, a step of each."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gligen_core.demo.chance import chance_of
from gligen_core.demo.drawings import COLOUR_NAMES, THING_NAMES, items_of, pictures, random_scenes
from gligen_core.demo.parts.autoencoder import Autoencoder
from gligen_core.demo.parts.base import UNET, Base, new_gligen
from gligen_core.demo.parts.detector import Maps, find
from gligen_core.demo.parts.pose_reader import PoseReader
from gligen_core.demo.stages import STAGES, measured
from gligen_core.demo.stages.bank import NAMES, Bank
from gligen_core.demo.stages.captions import all_phrases, captions, phrase_rows, scenes_of
from gligen_core.demo.stages.detector import detector_loss, judge, new_detector, targets
from gligen_core.demo.stages.held_out import CASES, _row
from gligen_core.demo.stages.pose_reader import persons
from gligen_core.demo.stages.settings import Settings
from gligen_core.demo.stages.text_box import Grounded
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


def perfect_maps(items):
    """What a perfect detector would say: certain at the centres, exact boxes and colours."""
    target, owner = targets(items, (32, 32))
    centre = torch.where(target == 1, 9.0, -9.0)
    sides = torch.ones(len(owner), 4, 32, 32)
    colour = torch.zeros(len(owner), len(COLOUR_NAMES), 32, 32)
    for row, line, column in (owner >= 0).nonzero().tolist():
        slot = owner[row, line, column]
        x0, y0, x1, y1 = (items.boxes[row, slot] * 128).tolist()
        x, y = 4 * column + 2, 4 * line + 2
        sides[row, :, line, column] = torch.tensor((x - x0, y - y0, x1 - x, y1 - y))
        colour[row, max(int(items.colour[row, slot]), 0), line, column] = 9.0
    return Maps(centre, sides, colour)


def test_the_detectors_targets_and_its_reading_fit_together():
    items = items_of(scenes(16, overlaps=False))
    maps = perfect_maps(items)
    for row, found in enumerate(find(maps)):
        total, placed, named, coloured = judge(found, items, row)
        assert total == placed == named == coloured == int(items.present[row].sum())
    assert detector_loss(maps, items) < 0.05


def test_reports_that_are_too_many_count_against_the_detector():
    items = items_of(scenes(1, most=1))
    (found,) = find(perfect_maps(items))
    twice = type(found)(*(torch.cat((values, values)) for values in found))
    assert judge(twice, items, 0)[0] == 2 * judge(found, items, 0)[0]


def test_persons_are_cut_out_with_their_joints():
    drawn, places = persons(chance_of(0, "test", 0), 6, shake=0.0)
    assert drawn.shape == (6, 3, 64, 64) and places.shape == (6, 17, 2)
    assert 0 < places.min() and places.max() < 1
    again, _ = persons(chance_of(0, "test", 0), 6, shake=0.0)
    assert torch.equal(drawn, again)


def test_a_pose_reader_learns_one_person_by_heart():
    torch.manual_seed(0)
    reader = PoseReader()
    drawn, places = persons(chance_of(0, "test", 0), 1, shake=0.0)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=2e-3)
    for _ in range(60):
        loss = (reader(drawn) - places).abs().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss < 0.05


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


def test_a_perfect_report_is_wholly_obeyed_and_none_not_at_all():
    items = items_of(scenes(4, overlaps=False))
    for row, found in enumerate(find(perfect_maps(items))):
        assert (_row(found, items, row) > 0.999).all()
        nothing = type(found)(*(values[:0] for values in found))
        assert not _row(nothing, items, row).any()


def test_the_sizes_of_held_out_layouts_are_the_ones_asked_for():
    small = next(case for case in CASES if case.name == "sides of .10 to .15")
    few = random_scenes(chance_of(1, "test", 0), 50, small.choice, small.size)
    sides = [max(item.box.width, item.box.height) for scene in few for item in scene.items]
    assert 0.099 < min(sides) and max(sides) < 0.2 and sum(sides) / len(sides) < 0.15
