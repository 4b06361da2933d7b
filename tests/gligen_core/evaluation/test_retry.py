"""The retry policy: when a loop ends, and what the next picture is made with."""

import pytest

from gligen_core.errors import GligenError
from gligen_core.evaluation.retry import MAX_STRENGTH, RetryPolicy, Settings, retry


def test_the_loop_ends_where_the_goal_is_reached():
    last = Settings(7, 0.3, 1.0)
    assert retry(last, 1.0) == (last, True)
    assert retry(last, 0.8, RetryPolicy(goal=0.75)) == (last, True)


def test_a_failed_try_gets_a_new_seed_and_a_gate_open_longer_and_wider():
    last = Settings(7, 0.3, 1.0)
    half, done = retry(last, 0.5)
    nothing, _ = retry(last, 0.0)
    assert not done and half.seed != last.seed
    assert last.on < half.on < nothing.on <= 1
    assert last.strength < half.strength < nothing.strength <= MAX_STRENGTH


def test_a_long_loop_stays_in_bounds_and_never_repeats_a_seed():
    tries = [Settings(0, 0.3, 1.0)]
    for _ in range(200):
        tries.append(retry(tries[-1], 0.0)[0])
    assert len({each.seed for each in tries}) == len(tries)
    assert tries[-1].on == 1 and tries[-1].strength == MAX_STRENGTH
    assert tries[-1].gate.at_step(19, 20) == 1


def test_a_strength_beyond_the_loops_own_is_not_lowered():
    assert retry(Settings(0, 0.3, 1.9), 0.0)[0].strength == 1.9


@pytest.mark.parametrize("values", [(-1, 0.3, 1), (0, 1.1, 1), (0, 0.3, 2.1), (0, float("nan"), 1)])
def test_settings_out_of_range_is_refused(values):
    with pytest.raises(GligenError, match=r"GLIGEN_NextTry: .* expected 0 to"):
        Settings(*values)
