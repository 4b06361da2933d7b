"""Shapes drawn at known places are found there, however the picture was softened or tinted."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from gligen_core.errors import GligenError
from gligen_core.evaluation.finding import find_colours
from gligen_core.geometry import Box

PALETTE = {
    "red": (0.85, 0.15, 0.15),
    "green": (0.15, 0.65, 0.25),
    "blue": (0.15, 0.3, 0.85),
    "yellow": (0.95, 0.85, 0.15),
    "purple": (0.55, 0.2, 0.7),
    "orange": (0.95, 0.55, 0.1),
}
PALE = (236, 230, 224)


def canvas(width=128, height=128, background=PALE):
    return Image.new("RGB", (width, height), background)


def paint(image, colour, box, shape="rectangle"):
    """box in pixels, its right and lower edge outside, as fractions of the canvas count."""
    x0, y0, x1, y1 = box
    fill = tuple(round(255 * value) for value in PALETTE[colour])
    getattr(ImageDraw.Draw(image), shape)((x0, y0, x1 - 1, y1 - 1), fill=fill)
    return image


def pixels(image):
    return np.asarray(image, dtype=np.float32) / 255


def boxes_px(image):
    """Colour -> boxes in pixels, of the colours that are in the picture."""
    colours = find_colours(pixels(image), PALETTE)
    boxes = {
        colour: [
            tuple(round(v, 3) for v in blob.box.pixels(*image.size))
            for blob in colours.blobs(colour)
        ]
        for colour in PALETTE
    }
    return {colour: found for colour, found in boxes.items() if found}


@pytest.mark.parametrize("colour", PALETTE)
@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
def test_a_shape_is_found_to_the_pixel(colour, shape):
    image = paint(canvas(), colour, (32, 16, 96, 80), shape)
    assert boxes_px(image) == {colour: [(32, 16, 96, 80)]}


def test_fractions_follow_the_width_and_the_height():
    image = paint(canvas(192, 128), "blue", (96, 32, 144, 128))
    assert find_colours(pixels(image), PALETTE).blobs("blue")[0].box == Box(0.5, 0.25, 0.75, 1.0)


def test_six_colours_in_one_picture_are_kept_apart():
    image = canvas()
    places = {
        colour: (4 + 42 * (i % 3), 10 + 60 * (i // 3), 36 + 42 * (i % 3), 50 + 60 * (i // 3))
        for i, colour in enumerate(PALETTE)
    }
    for colour, box in places.items():
        paint(image, colour, box)
    assert boxes_px(image) == {colour: [box] for colour, box in places.items()}


@pytest.mark.parametrize("radius", [1, 2, 3])
@pytest.mark.parametrize("colour", PALETTE)
def test_a_soft_edge_does_not_move_the_box(colour, radius):
    image = paint(canvas(), colour, (30, 40, 90, 100)).filter(ImageFilter.GaussianBlur(radius))
    assert boxes_px(image) == {colour: [(30, 40, 90, 100)]}


def test_a_background_with_a_gradient_is_not_an_object():
    y, x = np.mgrid[0:128, 0:128] / 127
    background = np.stack([0.75 + 0.2 * x, 0.95 - 0.15 * y, 0.7 + 0.25 * x * y], axis=-1)
    image = Image.fromarray((255 * background).astype(np.uint8))
    assert boxes_px(image) == {}
    paint(image, "green", (8, 8, 64, 120))
    assert boxes_px(image) == {"green": [(8, 8, 64, 120)]}


@pytest.mark.parametrize("colour", PALETTE)
def test_noise_and_a_paler_fill_are_borne(colour):
    image = pixels(paint(canvas(), colour, (32, 32, 96, 96)))
    noise = np.random.default_rng(0).normal(0, 0.05, image.shape)
    faded = 0.8 * image + 0.2 * np.array(PALE) / 255 + noise
    (blob,) = find_colours(faded.clip(0, 1), PALETTE).blobs(colour)
    assert blob.box.iou(Box(0.25, 0.25, 0.75, 0.75)) > 0.9


def test_specks_and_hairlines_are_no_objects():
    image = paint(canvas(), "red", (10, 10, 14, 14))
    paint(image, "blue", (0, 60, 128, 62))
    assert boxes_px(image) == {}


def test_the_seam_of_two_colours_makes_no_third():
    image = paint(paint(canvas(), "red", (20, 20, 64, 108)), "blue", (64, 20, 108, 108))
    image = image.filter(ImageFilter.GaussianBlur(1))
    assert {colour: len(boxes) for colour, boxes in boxes_px(image).items()} == {
        "red": 1,
        "blue": 1,
    }


def test_blobs_of_a_colour_come_largest_first():
    image = paint(paint(canvas(), "red", (4, 4, 24, 24)), "red", (40, 40, 120, 120))
    assert boxes_px(image) == {"red": [(40, 40, 120, 120), (4, 4, 24, 24)]}


def test_an_empty_picture_has_no_blobs():
    assert boxes_px(canvas()) == {}


def test_another_picture_shape_is_named():
    with pytest.raises(GligenError, match=r"\(8, 8\).*height x width x 3"):
        find_colours(np.zeros((8, 8)), PALETTE)
