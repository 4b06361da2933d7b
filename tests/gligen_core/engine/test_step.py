"""Which step an evaluation belongs to, told from its noise level."""

import pytest

from gligen_core.engine.step import step_info, step_of

RUN = (14.6, 6.0, 2.0, 0.5, 0.0)  # four steps


@pytest.mark.parametrize(
    "sigma, step",
    [
        (14.6, 0),
        (20.0, 0),  # churned above the first level
        (10.0, 0),
        (6.0, 1),
        (6.0003, 1),  # rounded by the sampler
        (5.9997, 1),
        (6.1, 0),
        (2.0, 2),
        (0.6, 2),
        (0.5, 3),
        (0.03, 3),
        (0.0, 3),
    ],
)
def test_the_step_of_a_noise_level(sigma, step):
    assert step_of(sigma, RUN) == step


@pytest.mark.parametrize("sigma, step", [(0.0, 0), (0.3, 0), (0.5, 1), (6.0, 3), (14.6, 3)])
def test_levels_may_rise_where_a_picture_is_turned_into_noise(sigma, step):
    assert step_of(sigma, RUN[::-1]) == step


def test_a_run_of_one_step():
    assert step_of(3.0, (3.0, 0.0)) == 0


def test_a_sampler_may_say_which_step_it_is_in():
    assert step_info(2.0, 400.0, RUN).step == 2
    assert step_info(2.0, 400.0, RUN, step=1).step == 1


@pytest.mark.parametrize("timestep, progress", [(999.0, 0.001), (0.0, 1.0), (1000.5, 0.0)])
def test_progress_is_of_the_schedule_in_training(timestep, progress):
    now = step_info(6.0, timestep, RUN)
    assert (now.steps, now.progress) == (4, pytest.approx(progress))
