"""The official samplers on an eps that is known."""

import pytest
import torch

from gligen_core.sampling.noise import alphas_cumprod, sampling_timesteps
from gligen_core.sampling.plms import advanced, ddim, multistep, plms


def levels(steps):
    alphas = alphas_cumprod()
    return [*alphas[sampling_timesteps(steps)].tolist(), float(alphas[0])]


@pytest.mark.parametrize("sampler", [plms, ddim])
@pytest.mark.parametrize("steps", [1, 2, 4, 10])
def test_a_network_that_knows_the_noise_finds_the_picture(sampler, steps):
    clean, eps, alphas = torch.randn(1, 4, 2, 2), torch.randn(1, 4, 2, 2), levels(steps)
    start = alphas[0] ** 0.5 * clean + (1 - alphas[0]) ** 0.5 * eps
    end = sampler(lambda _: eps, start, alphas)
    expected = alphas[-1] ** 0.5 * clean + (1 - alphas[-1]) ** 0.5 * eps
    torch.testing.assert_close(end, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_plms_makes_one_evaluation_more_and_it_belongs_to_the_first_step(steps):
    asked = []

    def predict(evaluation):
        asked.append((evaluation.step, evaluation.level))
        return torch.zeros(1)

    plms(predict, torch.ones(1), [0.1 + 0.1 * n for n in range(steps + 1)])
    assert asked == [(0, 0), (0, min(1, steps - 1)), *((n, n) for n in range(1, steps))]


def test_each_step_starts_from_what_before_step_made_of_x():
    seen, ends = [], []

    def predict(evaluation):
        seen.append(float(evaluation.x))
        return torch.zeros(1)

    final = ddim(
        predict,
        torch.ones(1),
        [0.25, 0.25, 0.25],
        before_step=lambda x, step: x + 10 * (step + 1),
        after_step=lambda step, x, eps: ends.append((step, float(x))),
    )
    assert seen == pytest.approx([11, 31])
    assert ends == [(0, pytest.approx(11)), (1, pytest.approx(31))]
    assert float(final) == pytest.approx(31)


@pytest.mark.parametrize("past", [1, 2, 3])
def test_a_prediction_that_does_not_change_stays_as_it_is(past):
    eps = torch.randn(3)
    torch.testing.assert_close(multistep(eps, [eps] * past), eps)


def test_steps_back_and_forth_end_where_they_began():
    x, eps = torch.randn(4), torch.randn(4)
    there = advanced(x, eps, 0.3, 0.8)
    torch.testing.assert_close(advanced(there, eps, 0.8, 0.3), x)
