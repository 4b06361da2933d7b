"""A saved state is whole or not there; a damaged one falls back on the one before, aloud."""

import pytest
import torch
from accelerate import Accelerator
from torch import nn

from gligen_core.errors import GligenError
from gligen_core.training.states import load_state, save_state


@pytest.fixture
def run(tmp_path):
    """An accelerator with a network of one number, and where its state goes."""
    accelerator = Accelerator(cpu=True)
    network = accelerator.prepare(nn.Linear(1, 1, bias=False))
    return accelerator, network, tmp_path / "line"


def put(network, value):
    with torch.no_grad():
        network.weight.fill_(value)


def saved(run, *values):
    for value in values:
        put(run[1], value)
        save_state(run[0], run[2])
    put(run[1], 0)
    return run


def test_nothing_saved_is_nothing_read(run):
    assert load_state(run[0], run[2]) == ""


def test_the_last_state_is_read(run):
    accelerator, network, state = saved(run, 1, 2, 3)
    assert load_state(accelerator, state) == f"going on from {state}"
    assert network.weight.item() == 3


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_state_falls_back_on_the_one_before_and_says_so(run, damage):
    accelerator, network, state = saved(run, 1, 2)
    weights = state / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:10]) if damage == "cut" else weights.unlink()
    word = load_state(accelerator, state)
    assert network.weight.item() == 1
    assert f"{state} can't be read" in word and f"going on from {state}.before" in word


def test_states_that_are_all_damaged_do_not_begin_anew_in_silence(run):
    accelerator, _, state = saved(run, 1, 2)
    for folder in (state, state.with_name("line.before")):
        (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(GligenError, match=r"can't be read.*remove these folders"):
        load_state(accelerator, state)


def test_a_killed_save_leaves_the_last_state(run):
    accelerator, network, state = saved(run, 1)
    put(network, 2)
    unfinished = state.with_name("line.unfinished")
    unfinished.mkdir()  # what a killed process leaves
    (unfinished / "model.safetensors").write_bytes(b"half")
    assert load_state(accelerator, state) and network.weight.item() == 1
    put(network, 5)
    save_state(accelerator, state)
    assert not unfinished.exists()


def test_a_disk_that_refuses_is_told_and_the_state_stays(run):
    accelerator, network, state = saved(run, 1)
    unfinished = state.with_name("line.unfinished")
    unfinished.write_text("in the way")  # a file where the folder must go
    with pytest.raises(GligenError, match=r"could not be saved.*make room on the disk"):
        save_state(accelerator, state)
    unfinished.unlink()
    assert load_state(accelerator, state) and network.weight.item() == 1
