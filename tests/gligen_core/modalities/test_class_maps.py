"""Class maps from numbers, colours and masks."""

import pytest
import torch

from gligen_core.errors import GligenError
from gligen_core.modalities.ade20k import AMBIGUOUS_COLOUR, CLASSES
from gligen_core.modalities.class_maps import (
    NUMBERS,
    ambiguous_note,
    from_colours,
    from_masks,
    from_numbers,
)


def image_of(*colours):
    """A picture of one row; the host's way: b h w 3 in 0..1."""
    return torch.tensor([[[*colours]]]).float() / 255


def test_every_colour_gives_its_class_but_for_the_grey_that_two_share():
    found = from_colours(image_of(*(semantic.colour for semantic in CLASSES)), "x").flatten()
    others = [n for n, semantic in enumerate(CLASSES) if semantic.colour != AMBIGUOUS_COLOUR]
    assert len(others) == 148
    assert found[others].tolist() == [n + 1 for n in others]
    shared = {int(found[n]) for n in range(150) if n not in others}
    assert shared == {NUMBERS["road"]}


def test_the_shared_grey_is_named():
    grey = from_colours(image_of(AMBIGUOUS_COLOUR), "x")
    assert "road and skyscraper in the same grey (140, 140, 140)" in ambiguous_note(grey)
    assert ambiguous_note(from_colours(image_of(CLASSES[0].colour), "x")) == ""


def test_black_is_unlabelled():
    assert from_colours(image_of((0, 0, 0), (1, 2, 0)), "x").flatten().tolist() == [0, 0]


@pytest.mark.parametrize("off", [0, 3])
def test_a_colour_within_the_tolerance_is_the_class(off):
    red, green, blue = CLASSES[4].colour
    assert from_colours(image_of((red + off, green - off, blue + off)), "x").item() == 5


def test_a_colour_beyond_it_is_an_error_that_tells_how_many():
    wall, tree = CLASSES[0].colour, CLASSES[4].colour
    between = tuple((a + b) // 2 for a, b in zip(wall, tree, strict=True))
    with pytest.raises(GligenError, match=r"x: 25.0% of the map's pixels .* \(62, 160, 61\)"):
        from_colours(image_of(wall, wall, tree, between), "x")
    assert from_colours(image_of(between), "x", tolerance=80).item() in (1, 5)


def test_numbers_are_grey_levels():
    image = image_of((7, 7, 7), (150, 150, 150), (0, 0, 0))
    assert from_numbers(image, 152, "x").flatten().tolist() == [7, 150, 0]
    one_channel = from_numbers(image[..., :1], 152, "x")
    assert torch.equal(one_channel, from_numbers(image, 152, "x"))


@pytest.mark.parametrize(
    "colour, words",
    [((152, 152, 152), "class 152; this GLIGEN knows 0 to 151"), ((1, 2, 1), "has colours")],
)
def test_numbers_that_are_none_are_refused(colour, words):
    with pytest.raises(GligenError, match=words):
        from_numbers(image_of(colour), 152, "x")


def test_a_later_mask_lies_on_top():
    masks = torch.tensor([[[1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]]])
    assert from_masks(masks, ["wall", " Tree "], "x").flatten().tolist() == [1, 5, 0]


@pytest.mark.parametrize(
    "names, words",
    [
        (["wall"], "2 masks and 1 class names"),
        (["wall", "tre"], "'tre' is no class of ADE20K. Did you mean 'tree'"),
        (["wall", "qqqq"], "Examples: wall"),
    ],
)
def test_names_that_fit_no_class_are_refused(names, words):
    with pytest.raises(GligenError, match=words):
        from_masks(torch.ones(2, 1, 1), names, "x")


@pytest.mark.parametrize("read", [from_colours, lambda image, where: from_numbers(image, 9, where)])
def test_alpha_is_refused(read):
    with pytest.raises(GligenError, match="alpha channel"):
        read(torch.zeros(1, 2, 2, 4), "x")
