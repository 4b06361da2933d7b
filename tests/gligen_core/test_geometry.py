import math

import pytest

from gligen_core.errors import GligenError
from gligen_core.geometry import CANVAS, Box
from gligen_core.skeletons import Joint, bounding_box

LEFT_HALF = Box(0.0, 0.0, 0.5, 1.0)
MIDDLE = Box(0.25, 0.25, 0.75, 0.75)


@pytest.mark.parametrize(
    "corners, words",
    [
        ((0.5, 0.0, 0.5, 1.0), "x0 < x1, got 0.5 and 0.5"),
        ((0.9, 0.0, 0.1, 1.0), "x0 < x1, got 0.9 and 0.1"),
        ((0.0, 0.8, 1.0, 0.2), "y0 < y1, got 0.8 and 0.2"),
        ((math.nan, 0.0, 1.0, 1.0), "finite"),
        ((0.0, 0.0, math.inf, 1.0), "finite"),
    ],
)
def test_a_box_has_an_area(corners, words):
    with pytest.raises(GligenError, match=words):
        Box.of(corners)


def test_sizes_are_fractions_of_the_canvas():
    assert (MIDDLE.width, MIDDLE.height, MIDDLE.area) == (0.5, 0.5, 0.25)
    assert MIDDLE.pixels(400, 200) == (100, 50, 300, 150)


@pytest.mark.parametrize(
    "one, other, common, iou",
    [
        (MIDDLE, MIDDLE, MIDDLE, 1.0),
        (LEFT_HALF, MIDDLE, Box(0.25, 0.25, 0.5, 0.75), 0.125 / 0.625),
        (CANVAS, MIDDLE, MIDDLE, 0.25),
        (LEFT_HALF, Box(0.5, 0.0, 1.0, 1.0), None, 0.0),
        (LEFT_HALF, Box(0.8, 0.8, 0.9, 0.9), None, 0.0),
    ],
    ids=["same", "overlap", "inside", "touching", "apart"],
)
def test_intersection_and_iou_are_symmetric(one, other, common, iou):
    assert one.intersect(other) == other.intersect(one) == common
    assert one.iou(other) == other.iou(one) == pytest.approx(iou)


@pytest.mark.parametrize(
    "box, clamped",
    [
        (MIDDLE, MIDDLE),
        (Box(-0.5, 0.2, 0.5, 1.5), Box(0.0, 0.2, 0.5, 1.0)),
        (Box(1.0, 0.0, 1.5, 1.0), None),
    ],
    ids=["on the canvas", "over the edge", "outside"],
)
def test_clamped_keeps_what_is_on_the_canvas(box, clamped):
    assert box.clamped() == clamped


@pytest.mark.parametrize(
    "area, inside",
    [
        (CANVAS, MIDDLE),
        (LEFT_HALF, Box(0.5, 0.25, 1.0, 0.75)),
        (Box(0.5, 0.5, 1.0, 1.0), Box(0.0, 0.0, 0.5, 0.5)),
        (Box(0.0, 0.0, 0.25, 1.0), None),
    ],
    ids=["canvas", "left half", "lower right quarter", "beside it"],
)
def test_within_measures_from_the_area(area, inside):
    assert MIDDLE.within(area) == inside


def test_bounding_box_ignores_missing_joints():
    joints = [Joint(0.2, 0.1), Joint(0.6, 0.9), Joint(0.0, 0.0, 0)]
    assert bounding_box(joints) == Box(0.2, 0.1, 0.6, 0.9)
    assert bounding_box(joints[:1]) is None
    assert bounding_box(joints[2:]) is None
