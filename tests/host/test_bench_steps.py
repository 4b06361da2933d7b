"""The bench's subjects in the real host, at a minute size: what is counted, never times."""

import pytest
import torch

from devtools.bench.memory import kept_by_run
from devtools.bench.networks import Networks
from devtools.bench.plan import FOUR, Case
from devtools.bench.subjects import APPROXIMATIONS, available, make_subject
from devtools.bench.timing import take_turns

CASE = Case(subjects=FOUR, boxes=2, width_px=64, height_px=64, steps=2, least=2, seconds=0)


@pytest.fixture(scope="module")
def networks(host, pack, tmp_path_factory):
    return Networks(host, pack, "minute", tmp_path_factory.mktemp("bench"), torch.float32)


@pytest.fixture(scope="module")
def timed(networks):
    return take_turns(CASE, [make_subject(name, networks, CASE) for name in FOUR])


def test_each_subject_ran_in_each_round(timed):
    assert {name: len(laps) for name, laps in timed.laps.items()} == dict.fromkeys(FOUR, 2)
    for laps in timed.laps.values():
        assert all(0 < lap.inside < lap.seconds for lap in laps)


@pytest.mark.parametrize("name", ["open", "shut"])
def test_this_pack_calls_the_unet_as_the_plain_model_does(timed, name):
    plain, ours = timed.laps["plain"][0], timed.laps[name][0]
    assert (ours.unet_calls, ours.rows) == (plain.unet_calls, plain.rows) == (2, 4)


def test_tokens_are_made_once_per_run(timed):
    assert timed.laps["plain"][0].tokenizer_calls == 0
    assert timed.laps["open"][0].tokenizer_calls == 1
    assert timed.laps["diffusers"][0].tokenizer_calls == CASE.steps  # in every call of its UNet


def test_stock_cannot_put_both_sides_into_one_batch(timed):
    stock = timed.laps["stock"][0]
    assert (stock.unet_calls, stock.rows) == (2 * CASE.steps, 4)


def test_three_hundred_boxes_run(networks):
    case = Case(subjects=("open",), boxes=300, width_px=64, height_px=64)
    lap = make_subject("open", networks, case).lap(1)
    assert lap.unet_calls == 1 and lap.seconds > 0


def test_what_a_run_keeps_is_weighed(networks):
    subject = make_subject("open", networks, CASE)
    subject.lap(1)
    kept = kept_by_run(subject, networks.model, networks.host)
    tokens = 30 * 768 * 4  # bytes; the null ones are one token, repeated
    assert kept["between"] >= tokens and kept["after"] == 0
    assert networks.model.wrappers == {} or not any(networks.model.wrappers.values())


def test_every_shortcut_that_the_pack_has_samples(host, networks):
    names = available(host)
    assert "negative off" in names
    for name in names:
        assert name in APPROXIMATIONS
        lap = make_subject(name, networks, CASE).lap(2)
        assert lap.unet_calls >= 2
