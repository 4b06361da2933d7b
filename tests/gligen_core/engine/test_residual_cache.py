"""Which rows a kept residual belongs to, and how long it serves."""

import pytest
import torch

from gligen_core.bases.blocks import BlockId
from gligen_core.engine.approximations import Shortcuts
from gligen_core.engine.residual_cache import ResidualCache
from gligen_core.engine.step import StepInfo

GATES = torch.ones(2, 3)
BATCH = ("positive", "negative"), (2, 4, 8, 8)
BLOCK = BlockId("input", 1)


class Run:
    """Evaluations one after the other; `served` tells for each where its residual came from."""

    def __init__(self, reuse):
        self._cache = ResidualCache(Shortcuts(reuse))

    def begin(self, step, sigma=None):
        self._cache.begin(StepInfo(step, 20, 0.0, -float(step) if sigma is None else sigma))

    def pause(self):
        self._cache.begin(None)

    def forward(self, gates=GATES, batch=BATCH, value=1.0):
        """-> what is added again, or None where the fuser runs; then it adds the value."""
        residuals = self._cache.of(gates, batch)
        again = residuals and residuals.at(BLOCK)
        if residuals is not None and again is None:
            residuals.latest[BLOCK] = torch.tensor(value)
        return again if again is None else float(again)

    def at(self, step, sigma=None, **forward):
        self.begin(step, sigma)
        return self.forward(**forward)


@pytest.fixture
def run():
    return Run


def test_without_reuse_nothing_is_kept(run):
    exact = run(1)
    assert [exact.at(step) for step in range(3)] == [None] * 3


@pytest.mark.parametrize(
    "reuse, expected",
    [
        (2, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        (3, [0, 2, 4, 6, 8, 10, 13, 16, 19]),  # from the middle on at every third
        (8, [0, 2, 4, 7, 11, 16]),
    ],
)
def test_fusers_run_at_every_second_step_and_more_rarely_later(run, reuse, expected):
    kept = run(reuse)
    assert [step for step in range(20) if kept.at(step) is None] == expected


def test_from_the_second_time_on_a_residual_follows_the_way_it_goes(run):
    kept = run(2)
    assert kept.at(0, value=1.0) is None
    assert kept.at(1) == 1.0
    assert kept.at(2, value=3.0) is None
    assert 3.0 < kept.at(3) < 4.0  # short of the 4 of a straight line


def test_other_rows_have_residuals_of_their_own(run):
    kept, other = run(2), (("another", "negative"), (2, 4, 8, 8))
    assert kept.at(0, value=1.0) is None
    assert kept.at(0, batch=other, value=5.0) is None
    assert kept.at(1) == 1.0
    assert kept.at(1, batch=other) == 5.0


def test_a_gate_that_moves_leaves_nothing_to_reuse(run):
    kept = run(4)
    assert [kept.at(step, gates=GATES / (step + 1)) for step in range(4)] == [None] * 4


def test_tiles_of_one_noise_level_are_told_apart_by_their_order(run):
    kept = run(2)
    for value in (1.0, 2.0, 3.0):
        assert kept.at(0, value=value) is None
    assert [kept.at(1) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_evaluations_within_a_step_count(run):
    kept = run(2)  # of a sampler that looks half a step ahead
    levels = [(0, 8.0), (0, 6.0), (1, 4.0), (1, 3.0)]
    assert [kept.at(*level) is None for level in levels] == [True, False, True, False]


@pytest.mark.parametrize("step", [0, 9])
def test_after_a_jump_the_fusers_run(run, step):
    kept = run(3)
    assert kept.at(5) is None
    assert kept.at(step) is None
    assert kept.at(step + 1) == 1.0


def test_where_the_gate_shuts_everything_is_forgotten(run):
    kept = run(8)
    assert kept.at(0) is None
    kept.pause()
    assert kept.at(1) is None


def test_rows_that_nobody_tells_from_others_are_not_reused(run):
    kept = run(2)
    assert [kept.at(step, batch=None) for step in range(2)] == [None, None]
