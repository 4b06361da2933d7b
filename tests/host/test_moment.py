"""Which step an evaluation belongs to, told from its noise level."""

import pytest
import torch

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
def test_the_step_of_a_noise_level(pack, sigma, step):
    assert pack("nodes.host.moment").step_of(sigma, RUN) == step


@pytest.mark.parametrize("sigma, step", [(0.0, 0), (0.3, 0), (0.5, 1), (6.0, 3), (14.6, 3)])
def test_levels_may_rise_where_a_picture_is_turned_into_noise(pack, sigma, step):
    assert pack("nodes.host.moment").step_of(sigma, RUN[::-1]) == step


def test_a_run_of_one_step(pack):
    assert pack("nodes.host.moment").step_of(3.0, (3.0, 0.0)) == 0


def test_progress_runs_over_the_schedule_the_model_was_trained_with(pack, studio):
    sampling = studio.model.get_model_object("model_sampling")
    moment_at = pack("nodes.host.moment").moment_at
    levels = [float(level) for level in sampling.sigmas.flip(0)]  # of timesteps 999 to 0
    for index in (0, 1, 499, 998, 999):
        moment = moment_at(torch.tensor([levels[index]]), levels, sampling)
        assert moment.progress == pytest.approx((index + 1) / 1000)
        assert moment.step == min(index, 998)
        assert moment.steps == 999
