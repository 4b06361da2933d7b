"""Cropping, resizing and cutting of maps."""

import numpy as np
import pytest
import torch
from PIL import Image

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.pictures import centre_crop, cut, map_picture, resized, whole_cells

LEVEL = 2 / 255  # one of 8 bits, in -1..1


def pixels(height, width, channels=3):
    generator = np.random.default_rng(1)
    return generator.integers(0, 256, (height, width, channels), dtype=np.uint8)


def as_picture(image):
    return torch.from_numpy(image).movedim(-1, 0)[None].float() / 127.5 - 1


@pytest.mark.parametrize(
    "size, goal",
    [
        ((61, 61), (512, 512)),
        ((64, 64), (512, 512)),
        ((600, 600), (512, 512)),
        ((45, 60), (90, 120)),
        ((120, 90), (40, 30)),
    ],
)
def test_pictures_are_resized_as_pillow_does(size, goal):
    """Of the goal's aspect, as they are after the crop: Pillow then goes along the rows first."""
    image = pixels(*size)
    official = np.array(Image.fromarray(image).resize(goal[::-1]))
    ours = resized(as_picture(image), *goal)
    assert float((ours - as_picture(official)).abs().max()) < 1.5 * LEVEL


@pytest.mark.parametrize("size", [(64, 64), (61, 97)])
def test_class_numbers_are_resized_as_pillow_does(size):
    image = pixels(*size, channels=1)[..., 0]
    official = Image.fromarray(image).resize((512, 512), Image.Resampling.NEAREST)
    ours = resized(torch.from_numpy(image)[None, None], 512, 512)
    assert np.array_equal(ours[0, 0].numpy(), np.asarray(official))


@pytest.mark.parametrize(
    "size, goal, expected",
    [
        ((60, 100), (1, 1), (60, 60)),
        ((100, 60), (64, 64), (60, 60)),
        ((60, 100), (2, 1), (60, 30)),
        ((60, 60), (1, 2), (30, 60)),
        ((64, 96), (64, 96), (64, 96)),
    ],
)
def test_the_largest_part_of_an_aspect_is_kept_around_the_centre(size, goal, expected):
    rows = torch.arange(size[0]).float()[:, None].expand(size)
    picture = torch.stack((rows, torch.arange(size[1]).float().expand(size)))[None]
    found = centre_crop(picture, *goal)
    assert found.shape[-2:] == expected
    for axis in (0, 1):
        values = found[0, axis]
        assert float(values.min() + values.max()) == pytest.approx(size[axis] - 1, abs=1)


def test_an_area_shows_its_part():
    picture = torch.arange(32.0).reshape(1, 1, 4, 8)
    assert torch.equal(cut(picture, Box(0.5, 0.25, 1, 1)), picture[..., 1:, 4:])
    assert cut(picture, Box(0.5, 0.5, 0.5001, 0.5001)).shape == (1, 1, 1, 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_map_becomes_three_channels_around_zero(channels):
    found = map_picture(
        torch.tensor([0.0, 0.5, 1.0]).reshape(1, 1, 3, 1).repeat(1, 1, 1, channels), "x"
    )
    assert found.shape == (1, 3, 1, 3)
    assert found[0, :, 0].tolist() == [[-1, 0, 1]] * 3


@pytest.mark.parametrize("channels, words", [(4, "an alpha channel"), (2, "2 channels")])
def test_a_map_of_other_channels_is_refused(channels, words):
    with pytest.raises(GligenError, match=f"Ground: the map has {words}"):
        map_picture(torch.zeros(1, 8, 8, channels), "Ground")


def test_sides_are_cut_to_whole_cells_around_the_centre():
    image = torch.arange(19.0).reshape(1, 1, 19, 1).expand(1, 8, 19, 1)
    found = whole_cells(image)
    assert found.shape == (1, 8, 16, 1) and found[0, 0, 0, 0] == 1
    with pytest.raises(GligenError, match="at least 8 x 8"):
        whole_cells(image[:, :7])
