"""`python -m gligen_core.demo train`, a few steps of it, from nothing to files."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gligen_core.checkpoint import load_gligen
from gligen_core.demo import files, recipe
from gligen_core.demo.networks import Base

CHECKOUT = Path(__file__).resolve().parents[3]
SHORT = ("--device", "cpu", "--processes", "1", "--batch", "2", "--scale", "0.001")


def training(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "gligen_core.demo", "train", *map(str, arguments)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    done = training(*SHORT, "--folder", folder, "--out", folder / "weights")
    assert done.returncode == 0, done.stderr
    return done, folder


def test_it_makes_both_files(run):
    done, folder = run
    weights = files.load_demo(folder / "weights")
    Base().unet.load_state_dict(weights.unet)
    assert load_gligen(folder / "weights" / files.TEXT_BOX_FILE).modality.name == "text_box"
    assert f"{files.BASE_FILE}" in done.stdout


def test_it_shows_progress_loss_and_iou(run):
    said = run[0].stdout + run[0].stderr
    for stage in recipe.STAGES:
        assert f"{stage} step" in said
    assert "loss" in said and "IoU" in said and "PSNR" in said


def test_the_base_stays_frozen_under_the_gligen(tmp_path):
    torch.manual_seed(1)
    base = Base()
    before = {key: tensor.clone() for key, tensor in base.state_dict().items()}
    settings = recipe.Settings(
        tmp_path, 1, 2, {"autoencoder": 1, "base": 1, "text_box": 3}, device="cpu"
    )
    gligen = recipe.train_text_box(base, settings)
    assert all(torch.equal(tensor, before[key]) for key, tensor in base.state_dict().items())
    gates = [p for name, p in gligen.named_parameters() if "alpha_" in name]
    assert gates and all(gate.abs() > 0 for gate in gates), "the gates start at 0 and learn"


def test_a_strange_word_is_refused():
    done = training("--stages", "nonsense")
    assert done.returncode == 2 and "invalid choice" in done.stderr
