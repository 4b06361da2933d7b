"""Boxes drawn into a picture: solid for asked, dashed for found, everything on the picture."""

import numpy as np
from PIL import Image

from gligen_core.evaluation.overlay import LINES, draw_boxes
from gligen_core.evaluation.scoring import EntityScore, PictureScore
from gligen_core.geometry import Box

PALE = (240, 240, 240)


def drawn(*entities, size=(128, 128)):
    return draw_boxes(Image.new("RGB", size, PALE), PictureScore(entities))


def ink(image, line=LINES[0]):
    """Pixels of that line colour, as a set of (x, y)."""
    wanted = [int(line[i : i + 2], 16) for i in (1, 3, 5)]
    rows, columns = np.nonzero((np.asarray(image) == wanted).all(axis=-1))
    return set(zip(columns.tolist(), rows.tolist(), strict=True))


def test_a_small_picture_is_enlarged_by_a_whole_factor():
    assert drawn().size == (512, 512)
    assert drawn(size=(192, 128)).size == (768, 512)
    assert drawn(size=(1024, 1024)).size == (1024, 1024)


def test_the_asked_box_is_a_closed_line():
    image = drawn(EntityScore("a", "x", Box(0.25, 0.25, 0.75, 0.75), None, False))
    assert {(x, 384) for x in range(128, 385)} | {(384, y) for y in range(128, 385)} <= ink(image)


def test_the_found_box_is_a_line_with_gaps():
    image = drawn(EntityScore("a", "x", Box(0, 0, 0.1, 0.1), Box(0.25, 0.25, 0.75, 0.75), True))
    dashes = ink(image)
    lower_edge = [(x, 384) in dashes for x in range(128, 385)]
    assert 0.4 < sum(lower_edge) / len(lower_edge) < 0.8


def test_a_box_and_a_long_phrase_at_the_border_stay_on_the_picture():
    image = drawn(EntityScore("a", "a red circle of some size", Box(0.9, 0, 1, 1), None, False))
    edge = {(x, y) for x, y in ink(image) if x == 511}
    assert edge >= {(511, y) for y in range(40, 512)}


def test_the_picture_itself_is_left_as_it_was():
    picture = Image.new("RGB", (64, 64), PALE)
    draw_boxes(picture, PictureScore((EntityScore("a", "x", Box(0, 0, 1, 1), None, False),)))
    assert picture.size == (64, 64) and picture.getcolors() == [(64 * 64, PALE)]
