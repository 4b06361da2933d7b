"""Edits of layouts: what they keep, and what they undo."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gligen_core.errors import GligenError
from gligen_core.geometry import CANVAS, Box
from gligen_core.layout import Entity, Layout, Pose
from gligen_core.layout.edits import AXES, ORDERS, crop, fit, flip, keep, scale, sort
from gligen_core.skeletons import COCO_JOINTS, JOINT_COUNT, Joint

BALL = Entity("b", Box(0.0, 0.25, 0.5, 0.75), "a ball")
CUBE = Entity("c", Box(0.5, 0.5, 1.0, 1.0), "a cube", strength=0.5)
SPECK = Entity("s", Box(0.25, 0.0, 0.5, 0.125), "a speck", strength=0.75)
WAVING = Pose(
    "p",
    tuple(
        Joint(0.25, 0.125, 1.0) if name == "left wrist" else Joint(0.0, 0.0, 0.0)
        for name in COCO_JOINTS
    ),
)
LAYOUT = Layout((BALL, CUBE, SPECK), (WAVING,), width=512, height=256)

eighths = st.integers(0, 7)


@st.composite
def boxes(draw):
    """On eighths, where halving and adding are exact."""
    x0, y0 = draw(eighths), draw(eighths)
    x1, y1 = draw(st.integers(x0 + 1, 8)), draw(st.integers(y0 + 1, 8))
    return Box(x0 / 8, y0 / 8, x1 / 8, y1 / 8)


@st.composite
def layouts(draw):
    found = draw(st.lists(boxes(), max_size=4))
    eighth = eighths.map(lambda n: n / 8)
    joint = st.builds(Joint, eighth, eighth, st.just(1.0))
    joints = draw(st.lists(joint, min_size=JOINT_COUNT, max_size=JOINT_COUNT))
    entities = tuple(Entity(f"e{n}", box, "x") for n, box in enumerate(found))
    return Layout(entities, (Pose("p", tuple(joints)),))


@pytest.mark.parametrize("axis", AXES)
@given(layout=layouts())
def test_mirroring_twice_changes_nothing(axis, layout):
    assert flip(flip(layout, axis), axis) == layout


def test_a_mirror_swaps_sides_and_hands():
    across = flip(LAYOUT, "horizontal")
    assert across.entities[0].box == Box(0.5, 0.25, 1.0, 0.75)
    (joint,) = (n for n, each in enumerate(across.poses[0].joints) if each.visible)
    assert COCO_JOINTS[joint] == "right wrist"
    assert across.poses[0].joints[joint] == (0.75, 0.125, 1)
    down = flip(LAYOUT, "vertical")
    assert down.entities[1].box == Box(0.5, 0.0, 1.0, 0.5)
    assert down.poses[0].joints[joint] == (0.25, 0.875, 1)


def test_a_crop_makes_the_region_the_canvas():
    corner = crop(LAYOUT, Box(0.5, 0.5, 1.0, 1.0))
    assert [(entity.id, entity.box) for entity in corner.entities] == [("c", CANVAS)]
    assert (corner.width, corner.height) == (256, 128)
    assert corner.poses == ()


def test_a_crop_keeps_what_stays_with_enough_of_itself():
    upper = Box(0, 0, 1, 0.5)
    assert [entity.id for entity in crop(LAYOUT, upper).entities] == ["b", "s"]
    assert [entity.id for entity in crop(LAYOUT, upper, 0.5).entities] == ["s"]


@given(layout=layouts())
def test_cropping_to_the_canvas_changes_nothing(layout):
    assert crop(layout, CANVAS) == layout


def test_fitting_keeps_proportions_but_for_stretch():
    square = Layout((Entity("a", Box(0.25, 0.25, 0.75, 0.75), "x"),), width=256, height=256)
    for how, box in {
        "stretch": Box(0.25, 0.25, 0.75, 0.75),
        "contain": Box(0.375, 0.25, 0.625, 0.75),
        "cover": Box(0.25, 0.0, 0.75, 1.0),
    }.items():
        fitted = fit(square, 512, 256, how)
        assert fitted.entities[0].box == box, how
        assert (fitted.width, fitted.height) == (512, 256)


def test_scaling_about_each_box_and_about_the_canvas():
    middle = Layout((Entity("a", Box(0.25, 0.25, 0.5, 0.5), "x"),))
    assert scale(middle, 2).entities[0].box == Box(0.125, 0.125, 0.625, 0.625)
    assert scale(middle, 2, "canvas").entities[0].box == Box(0.0, 0.0, 0.5, 0.5)
    assert scale(middle, 0.5, "canvas").entities[0].box == Box(0.375, 0.375, 0.5, 0.5)
    assert scale(middle, 100).entities[0].box == CANVAS


@settings(max_examples=50)
@given(layouts(), st.sampled_from((1.0, 2.0, 0.5)), st.sampled_from(("each box", "canvas")))
def test_scaling_keeps_boxes_on_the_canvas(layout, factor, about):
    for entity in scale(layout, factor, about).entities:
        assert entity.box.clamped() == entity.box


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(factor):
    with pytest.raises(GligenError, match="expected a number above 0"):
        scale(LAYOUT, factor)


@pytest.mark.parametrize(
    "by, order",
    [
        ("area", "scb" if CUBE.box.area < BALL.box.area else "sbc"),
        ("left to right", "bsc"),
        ("top to bottom", "sbc"),
        ("strength", "csb"),
        ("score", "bcs"),
        ("text", "bcs"),
    ],
)
def test_sorting(by, order):
    assert "".join(entity.id for entity in sort(LAYOUT, by).entities) == order


@pytest.mark.parametrize("by", ORDERS)
def test_limiting_keeps_the_old_order(by):
    kept = keep(LAYOUT, 2, by).entities
    assert len(kept) == 2 and [e for e in LAYOUT.entities if e in kept] == list(kept)
    assert keep(LAYOUT, 9, by) == LAYOUT


def test_limiting_keeps_the_largest_the_strongest_and_the_first():
    assert SPECK not in keep(LAYOUT, 2, "area").entities
    assert CUBE not in keep(LAYOUT, 2, "strength").entities
    assert CUBE not in keep(LAYOUT, 2, "left to right").entities
