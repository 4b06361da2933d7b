import math

import pytest

from gligen_core.engine.approximations import EXACT, MAX_REUSE, Shortcuts
from gligen_core.errors import GligenError

STRENGTHS = {"strong": 0.8, "middling": 0.4, "weak": 0.05}


def test_as_they_come_nothing_is_left_out():
    assert Shortcuts() == EXACT
    assert EXACT.skipped(STRENGTHS) == frozenset()
    assert {EXACT.interval(share) for share in (0, 0.5, 1)} == {1}


@pytest.mark.parametrize("reuse", [0, MAX_REUSE + 1])
def test_a_residual_serves_one_to_eight_steps(reuse):
    with pytest.raises(GligenError, match=f"reuse {reuse}; expected 1 to {MAX_REUSE}"):
        Shortcuts(reuse=reuse)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_lies_between_nothing_and_all(share):
    with pytest.raises(GligenError, match=r"skip_below .*expected 0 to 1"):
        Shortcuts(skip_below=share)


@pytest.mark.parametrize(
    "share, skipped",
    [(0.0, set()), (0.1, {"weak"}), (0.5, {"weak"}), (0.6, {"weak", "middling"})],
)
def test_fusers_weaker_than_a_share_of_the_strongest_are_left_out(share, skipped):
    assert Shortcuts(skip_below=share).skipped(STRENGTHS) == skipped


def test_the_strongest_is_never_left_out():
    assert Shortcuts(skip_below=1.0).skipped(STRENGTHS) == {"middling", "weak"}
    assert Shortcuts(skip_below=1.0).skipped({"silent": 0.0}) == set()


@pytest.mark.parametrize("reuse", range(2, MAX_REUSE + 1))
def test_the_interval_grows_from_two_to_what_is_asked(reuse):
    intervals = [Shortcuts(reuse=reuse).interval(step / 100) for step in range(101)]
    assert intervals == sorted(intervals)
    assert set(intervals) == set(range(2, reuse + 1))
