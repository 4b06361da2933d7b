"""Where the host's sampler stands."""

import pytest
import torch


def test_progress_runs_over_the_schedule_the_model_was_trained_with(pack, studio):
    sampling = studio.model.get_model_object("model_sampling")
    step_at = pack("host.timing").step_at
    levels = [float(level) for level in sampling.sigmas.flip(0)]  # of timesteps 999 to 0
    for index in (0, 1, 499, 998, 999):
        now = step_at(torch.tensor([levels[index]]), levels, sampling)
        assert now.progress == pytest.approx((index + 1) / 1000)
        assert now.step == min(index, 998)
        assert now.steps == 999
