import math

import pytest

from gligen_core.bases.blocks import BlockId
from gligen_core.errors import GligenError
from gligen_core.gate.schedule import GateSchedule, progress_of_timestep
from gligen_core.modalities import PHASE_PRESETS
from gligen_core.sampling.noise import alphas_cumprod, sampling_timesteps


def gates(schedule, steps):
    return [schedule.at_step(step, steps) for step in range(steps)]


@pytest.mark.parametrize(
    "shares, steps, expected",
    [
        ((1, 0, 0), 4, [1, 1, 1, 1]),
        ((0, 0, 1), 4, [0, 0, 0, 0]),
        ((0.3, 0.0, 0.7), 10, [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
        ((0.3, 0.4, 0.3), 10, [1, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0]),
        ((0.3, 0.2, 0.5), 8, [1, 1, 0, 0, 0, 0, 0, 0]),
        ((0, 1, 0), 5, [0.8, 0.6, 0.4, 0.2, 0]),
        ((0.3, 0, 0.7), 1, [0]),
    ],
    ids=["open", "shut", "30 %", "decay", "decay of one step is 0", "all decay", "one step"],
)
def test_phases_are_the_official_ones(shares, steps, expected):
    assert gates(GateSchedule.phases(*shares), steps) == expected


def test_shares_are_cut_to_whole_steps():
    assert sum(gates(GateSchedule.phases(0.29, 0, 0.71), 100)) == 28  # 0.29 * 100 is 28.999...


@pytest.mark.parametrize("steps", [49, 98, 103, 107, 196, 197])
def test_a_decay_has_as_many_entries_as_steps(steps):
    """The official list is one too long at these lengths and raises."""
    decay = gates(GateSchedule.phases(0, 1, 0), steps)
    assert decay == [(steps - 1 - step) / steps for step in range(steps)]
    assert decay[-1] == 0


@pytest.mark.parametrize("shares", [(0.7, 0.2, 0.1), (0.6, 0.3, 0.1), (1 / 3, 1 / 3, 1 / 3)])
def test_a_sum_that_misses_one_by_rounding_is_accepted(shares):
    assert GateSchedule.phases(*shares).at_step(0, 20) == 1


@pytest.mark.parametrize(
    "shares, words",
    [
        ((0.3, 0.3, 0.3), "add up to 0.9; expected 1. With these first two, the third is 0.4"),
        ((-0.3, 0.3, 1.0), r"\(-0.3, 0.3, 1.0\): each share"),
        ((math.nan, 0, 1), "each share must be a number"),
    ],
)
def test_wrong_shares_are_shown(shares, words):
    with pytest.raises(GligenError, match=words):
        GateSchedule.phases(*shares)


@pytest.mark.parametrize("step", [-1, 8, 9])
def test_a_step_outside_the_run_is_an_error(step):
    with pytest.raises(GligenError, match=f"step {step} of 8"):
        GateSchedule.phases(1, 0, 0).at_step(step, 8)


@pytest.mark.parametrize("mode", PHASE_PRESETS)
@pytest.mark.parametrize("count", [5, 10, 20, 50, 100])
def test_counting_timesteps_agrees_with_counting_the_official_steps(mode, count):
    shares = PHASE_PRESETS[mode]
    by_step = gates(GateSchedule(shares), count)
    by_time = [
        GateSchedule(shares).at_progress(progress_of_timestep(t)) for t in sampling_timesteps(count)
    ]
    if count == 5:  # 0.3 and 0.7 of 5 are no whole steps: time rounds where steps cut
        assert sum(by_time) - sum(by_step) in (0, 1)
    else:
        assert by_time == by_step


def test_the_decay_in_time_follows_the_decay_in_steps():
    schedule = GateSchedule.phases(0.3, 0.4, 0.3)
    by_time = [schedule.at_progress(progress_of_timestep(t)) for t in sampling_timesteps(50)]
    assert by_time == pytest.approx(gates(schedule, 50), abs=0.003)


def test_an_open_gate_stays_open_to_the_very_end():
    assert GateSchedule.phases(1, 0, 0).at_progress(1.0) == 1
    assert GateSchedule.phases(0, 0, 1).at_progress(0.0) == 0


def test_a_constant_is_the_same_everywhere():
    schedule = GateSchedule.constant(0.6)
    assert gates(schedule, 3) == [0.6, 0.6, 0.6]
    assert [schedule.at_progress(p) for p in (0, 0.5, 1)] == [0.6, 0.6, 0.6]


def test_a_curve_runs_straight_between_its_knots():
    schedule = GateSchedule.curve([(0.25, 1.0), (0.5, 0.5), (0.5, 0.2), (1.0, 0.0)])
    points = (0, 0.25, 0.375, 0.5, 0.75, 1)
    assert [schedule.at_progress(p) for p in points] == pytest.approx([1, 1, 0.75, 0.2, 0.1, 0])
    assert gates(GateSchedule.curve([(0, 1), (1, 0)]), 3) == [1, 0.5, 0]


@pytest.mark.parametrize(
    "knots, words",
    [
        ([], "no knots"),
        ([(0, 1), (2, 1)], r"knot \(2, 1\)"),
        ([(0, -1)], r"knot \(0, -1\)"),
        ([(0.5, 1), (0.2, 1)], "backwards"),
    ],
)
def test_a_broken_curve_is_refused(knots, words):
    with pytest.raises(GligenError, match=words):
        GateSchedule.curve(knots)


@pytest.mark.parametrize(
    "block, factor",
    [
        (None, 1),
        (BlockId("input", 1), 1),
        (BlockId("output", 4), 0.5),
        (BlockId("output", 3, 1), 0.25),
        (BlockId("output", 3, 0), 0),
    ],
)
def test_the_most_exact_place_scales_a_block(block, factor):
    scale = {"output": 0.5, "output.3": 0.25, BlockId("output", 3): 0.0}
    schedule = GateSchedule.constant().with_block_scale(scale)
    assert schedule.at_step(0, 4, block) == schedule.at_progress(0.5, block) == factor


@pytest.mark.parametrize("place, factor", [("left", 1), ("output.x", 1), ("output", -1)])
def test_a_wrong_place_or_factor_is_refused(place, factor):
    with pytest.raises(GligenError, match=place):
        GateSchedule.constant().with_block_scale({place: factor})


def test_the_noise_schedule_is_sds():
    alphas = alphas_cumprod()
    assert alphas.shape == (1000,)
    assert alphas[[0, 999]].tolist() == pytest.approx([0.99915, 0.00466], abs=1e-5)


@pytest.mark.parametrize(
    "count, first, last, length", [(50, 981, 1, 50), (8, 876, 1, 8), (30, 991, 1, 31)]
)
def test_timesteps_fall_to_one(count, first, last, length):
    timesteps = sampling_timesteps(count)
    assert (timesteps[0], timesteps[-1], len(timesteps)) == (first, last, length)


@pytest.mark.parametrize("count", [0, 3, 999, 1000, 1001])
def test_counts_that_leave_the_schedule_are_refused(count):
    with pytest.raises(GligenError, match=f"{count} sampling steps"):
        sampling_timesteps(count)
