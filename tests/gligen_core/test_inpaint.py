"""Masks, the first convolution's extra channels, and pasting back."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from gligen_core.errors import GligenError
from gligen_core.sampling.inpaint import (
    INPAINTING_CHANNELS,
    check_mask_size,
    check_pasted_size,
    extra_channels,
    feathered,
    keep_of_mask,
    noised,
    pasted_back,
    reimposed,
)


def test_the_masked_latent_comes_first_then_the_mask():
    latent, keep = torch.full((2, 4, 3, 3), 5.0), torch.zeros(1, 1, 3, 3)
    keep[..., 0] = 1
    extra = extra_channels(latent, keep)
    assert extra.shape == (2, INPAINTING_CHANNELS, 3, 3)
    assert extra[:, :, 0, 0].tolist() == [[5, 5, 5, 5, 1]] * 2
    assert extra[:, :, 0, 1].tolist() == [[0, 0, 0, 0, 0]] * 2


def test_one_picture_takes_a_mask_for_each_of_a_batch():
    keep = torch.stack((torch.ones(1, 2, 2), torch.zeros(1, 2, 2)))
    extra = extra_channels(torch.ones(1, 4, 2, 2), keep)
    assert extra.shape[0] == 2 and extra[0].min() == 1 and extra[1].max() == 0


def test_a_painted_mask_turns_round_and_takes_the_mean_of_each_cell():
    mask = torch.zeros(1, 16, 16)
    mask[:, :8, :8] = 1
    mask[:, 8:, 8:12] = 1
    assert keep_of_mask(mask, 2, 2)[0, 0].tolist() == [[0, 1], [1, 0.5]]


@given(some.floats(0, 1))
def test_reimposing_mixes_by_the_mask(keep):
    x, known = torch.zeros(1, 4, 1, 1), torch.ones(1, 4, 1, 1)
    found = reimposed(x, known, torch.full((1, 1, 1, 1), keep))
    assert torch.allclose(found, torch.full((1, 4, 1, 1), keep))


@pytest.mark.parametrize("alpha, latent, noise", [(1.0, 1, 0), (0.0, 0, 1), (0.36, 0.6, 0.8)])
def test_noise_levels_mix_latent_and_noise(alpha, latent, noise):
    one, other = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    assert torch.allclose(noised(one, other, alpha), torch.tensor([latent, noise]).float())


@pytest.mark.parametrize("width_px", [1, 4, 50])
def test_a_feather_lies_inside_the_mask_and_rises_inwards(width_px):
    mask = torch.zeros(1, 40, 40)
    mask[:, 5:35, 5:35] = 1
    soft = feathered(mask, width_px)
    assert float(soft[mask == 0].abs().max()) == 0
    row = soft[0, 20, 5:20]
    assert (row.diff() >= -1e-6).all() and 0 <= float(row[0]) < 1


def test_no_feather_is_the_mask_itself():
    mask = torch.rand(1, 8, 8)
    assert feathered(mask, 0) is mask


def test_pasting_back_touches_nothing_outside_the_mask():
    original, new = torch.rand(1, 20, 20, 3), torch.rand(2, 16, 16, 3)
    mask = torch.zeros(1, 16, 16)
    mask[:, 3:9, 4:10] = 1
    result = pasted_back(original, new, mask)
    assert result.shape == (2, 20, 20, 3)
    assert torch.equal(result[:, 5:11, 6:12], new[:, 3:9, 4:10])
    untouched = result.clone()
    untouched[:, 5:11, 6:12] = original[:, 5:11, 6:12]
    assert torch.equal(untouched, original.expand(2, -1, -1, -1))


def test_sizes_that_do_not_fit_name_both():
    with pytest.raises(GligenError, match="the mask is 4 x 8 pixels, the picture 8 x 8"):
        check_mask_size(torch.zeros(1, 8, 4), 8, 8, "x")
    with pytest.raises(GligenError, match="painted picture is 8 x 8 pixels, the original 16 x 8"):
        check_pasted_size(torch.zeros(1, 8, 16, 3), torch.zeros(1, 8, 8, 3), "x")
    check_pasted_size(torch.zeros(1, 15, 8, 3), torch.zeros(1, 8, 8, 3), "x")
