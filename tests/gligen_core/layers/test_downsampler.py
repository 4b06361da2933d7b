"""Downsamplers at any size, and the first convolution as a sum."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from gligen_core.errors import GligenError
from gligen_core.layers.convnext import ConvNeXt, ConvNeXtConfig
from gligen_core.layers.downsampler import (
    ClassDownsampler,
    EdgeDownsampler,
    PictureDownsampler,
    one_hot,
)
from gligen_core.layers.first_conv import difference, only_extra

SIZES = [(64, 64), (8, 8), (10, 23)]


def random(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("read", [1, 3])
def test_a_pictures_channels_have_the_latents_size(size, read):
    feature = PictureDownsampler(read, 4, 8)(random(2, 3, 40, 70), *size)
    assert feature.shape == (2, 8, *size)


@pytest.mark.parametrize("size", SIZES)
def test_a_class_maps_channels_have_the_latents_size(size):
    classes = torch.randint(0, 5, (2, 1, 40, 70)).to(torch.uint8)
    assert ClassDownsampler(5, 16, 8)(classes, *size).shape == (2, 8, *size)


def test_edges_stay_as_they_are_at_their_own_size():
    picture = random(2, 3, 8, 10)
    torch.testing.assert_close(EdgeDownsampler()(picture, 8, 10), picture[:, :1])


def test_only_the_first_channel_of_a_grey_map_is_read():
    network, picture = PictureDownsampler(1, 4, 8), random(1, 3, 32, 32)
    other = picture.clone()
    other[:, 1:] = 7
    assert torch.equal(network(picture, 8, 8), network(other, 8, 8))


def test_one_hot_has_one_channel_per_class():
    classes = torch.tensor([[[[0, 2], [1, 1]]]], dtype=torch.uint8)
    hot = one_hot(classes, 4, 4, 3)
    assert hot.shape == (1, 3, 4, 4) and torch.equal(hot.sum(1), torch.ones(1, 4, 4))
    assert hot[0, 2, 0, 3] == 1 and hot[0, 1, 3, 0] == 1


@pytest.mark.parametrize("extra", [1, 5, 8])
def test_own_convolution_and_difference_add_up_to_the_wide_one(extra):
    own, wide = nn.Conv2d(4, 6, 3, padding=1), nn.Conv2d(4 + extra, 6, 3, padding=1)
    x, more = random(2, 4, 9, 7), random(2, extra, 9, 7)
    change = difference(wide.weight, wide.bias, own.weight, own.bias)
    torch.testing.assert_close(own(x) + change(x, more), wide(torch.cat((x, more), 1)))


def test_only_the_extra_channels_leaves_the_latent_alone():
    wide, x, more = nn.Conv2d(12, 6, 3, padding=1), random(1, 4, 5, 5), random(1, 8, 5, 5)
    change = only_extra(wide.weight, 4)
    expected = functional.conv2d(more, wide.weight[:, 4:], padding=1)
    torch.testing.assert_close(change(x, more), expected)


def test_a_convolution_of_another_width_is_refused():
    own, wide = nn.Conv2d(4, 6, 3), nn.Conv2d(12, 7, 3)
    with pytest.raises(GligenError, match=r"\(7, 12, 3, 3\), the MODEL's \(6, 4, 3, 3\)"):
        difference(wide.weight, wide.bias, own.weight, own.bias)


def test_the_backbone_has_a_cell_per_32_pixels_and_tells_its_sizes():
    config = ConvNeXtConfig(widths=(8, 12, 16, 24), depths=(1, 2, 3, 1))
    network = ConvNeXt(config)
    assert network(random(2, 3, 64, 96)).shape == (2, 24, 2, 3)
    assert ConvNeXtConfig.of(network.state_dict()) == config
