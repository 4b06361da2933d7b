"""Layouts against detections: whose box is whose, and what that is worth."""

import pytest

from gligen_core.errors import GligenError
from gligen_core.evaluation.matching import labels_agree, match_entities
from gligen_core.evaluation.score import score_layouts
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout

LEFT, RIGHT = Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)
BALL, CUBE = Entity("b", LEFT, "a red ball"), Entity("c", RIGHT, "a blue cube")
ASKED = Layout((BALL, CUBE))


def found(*pairs):
    return Layout(tuple(Entity(f"d{n}", box, text) for n, (text, box) in enumerate(pairs)))


@pytest.mark.parametrize(
    "phrase, label, agree",
    [
        ("a red ball", "red ball", True),
        ("a red ball", "Ball", True),
        ("ball", "the red ball", True),
        ("a red ball", "blue ball", False),
        ("a red ball", "", True),
        ("a", "a", False),  # no word that names anything
        ("a cat", "catfish", False),
    ],
)
def test_labels(phrase, label, agree):
    assert labels_agree(phrase, label) is agree


def test_order_does_not_matter():
    one = score_layouts([ASKED], [found(("ball", LEFT), ("cube", RIGHT))])
    other = score_layouts([ASKED], [found(("cube", RIGHT), ("ball", LEFT))])
    assert one == other
    assert (one.mean_iou, one.placed, one.success, one.unasked) == (1, 1, 1, 0)
    assert one.precision.mean == pytest.approx(1)


def test_things_in_each_others_places_have_the_right_label_and_no_overlap():
    score = score_layouts([ASKED], [found(("ball", RIGHT), ("cube", LEFT))])
    assert [entity.label_matches for entity in score.entities] == [True, True]
    assert (score.mean_iou, score.success) == (0, 0)


def test_a_wrong_thing_in_the_right_place_is_no_success():
    score = score_layouts([ASKED], [found(("dog", LEFT), ("cube", RIGHT))])
    ball, cube = score.entities
    assert (ball.iou, ball.label, ball.label_matches, ball.success) == (1, "dog", False, False)
    assert ball.placed and cube.success and (score.placed, score.success) == (1, 0.5)


def test_without_labels_place_alone_counts():
    score = score_layouts([ASKED], [found(("", RIGHT), ("", LEFT))])
    assert score.success == 1 and score.precision.at_half == pytest.approx(1)


def test_what_nobody_asked_for_is_counted_and_costs_precision():
    more = found(("ball", LEFT), ("cube", RIGHT), ("ball", Box(0.7, 0.7, 0.9, 0.9)))
    surest = more.with_entities(
        Entity(e.id, e.box, e.text, extra=(("score", "0.9" if n == 2 else "0.5"),))
        for n, e in enumerate(more.entities)
    )
    score = score_layouts([ASKED], [surest])
    assert score.unasked == 1 and score.success == 1
    assert score.precision.mean < 1


def test_two_of_a_kind_share_their_boxes_out():
    twins = [Entity("a", LEFT, "a cat"), Entity("b", RIGHT, "a cat")]
    ids = [
        match.found
        for match in match_entities(twins, found(("cat", RIGHT), ("cat", LEFT)).entities)
    ]
    assert ids == [LEFT, RIGHT]


def test_frames_count_together_and_must_be_as_many():
    score = score_layouts([ASKED, ASKED], [found(("ball", LEFT)), found()])
    assert score.success == 0.25 and len(score.frames) == 2
    with pytest.raises(GligenError, match=r"2 layouts and detections of 1 pictures"):
        score_layouts([ASKED, ASKED], [found()])


def test_a_layout_that_asks_for_nothing_is_obeyed():
    score = score_layouts([Layout()], [found(("ball", LEFT))])
    assert (score.success, score.mean_iou, score.unasked) == (1, 0, 1)


def test_half_of_a_box_is_placed_to_the_very_threshold():
    half, less = Box(0, 0, 0.25, 1), Box(0, 0, 0.24, 1)
    assert score_layouts([Layout((BALL,))], [found(("ball", half))]).success == 1
    assert score_layouts([Layout((BALL,))], [found(("ball", less))]).success == 0
