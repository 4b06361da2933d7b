"""Scores of drawn pictures, with the numbers worked out by hand."""

import numpy as np
import pytest

from gligen_core.evaluation.scoring import EntityScore, PictureScore, score_picture, summarise
from gligen_core.geometry import Box
from gligen_core.layout import Entity

PALETTE = {"red": (0.9, 0.1, 0.1), "blue": (0.1, 0.2, 0.9)}
UPPER, LOWER = Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 1)


def picture(*patches):
    """128 x 128, patches (colour, x0, y0, x1, y1) in pixels on a pale grey."""
    image = np.full((128, 128, 3), 0.9)
    for colour, x0, y0, x1, y1 in patches:
        image[y0:y1, x0:x1] = PALETTE[colour]
    return image


def asked(text, *box, id="a"):
    return Entity(id=id, box=Box(*box), text=text)


def test_an_object_in_its_box_scores_one():
    score = score_picture(
        picture(("red", 0, 0, 64, 64)), [asked("a red square", 0, 0, 0.5, 0.5)], PALETTE
    )
    (entity,) = score.entities
    assert (entity.found, entity.iou, entity.right_colour) == (Box(0, 0, 0.5, 0.5), 1.0, True)


def test_half_of_the_box_scores_a_half():
    score = score_picture(
        picture(("red", 0, 0, 64, 32)), [asked("a red square", 0, 0, 0.5, 0.5)], PALETTE
    )
    assert score.mean_iou == 0.5


def test_a_missing_colour_is_found_nowhere_and_counts_as_zero():
    entities = [asked("a red square", 0, 0, 0.5, 0.5), asked("a blue square", 0.5, 0.5, 1, 1)]
    score = score_picture(picture(("red", 0, 0, 64, 64)), entities, PALETTE)
    assert [e.found for e in score.entities] == [Box(0, 0, 0.5, 0.5), None]
    assert [e.right_colour for e in score.entities] == [True, False]
    assert score.mean_iou == 0.5


def test_a_phrase_without_a_known_colour_is_found_nowhere():
    score = score_picture(picture(("red", 0, 0, 64, 64)), [asked("a cat", 0, 0, 1, 1)], PALETTE)
    assert score.entities[0].found is None and score.mean_iou == 0


def test_two_objects_of_one_colour_are_told_apart():
    entities = [asked("a red square", 0.5, 0.5, 1, 1), asked("a red circle", 0, 0, 0.5, 0.5)]
    score = score_picture(
        picture(("red", 0, 0, 48, 48), ("red", 80, 80, 128, 128)), entities, PALETTE
    )
    assert [e.found for e in score.entities] == [
        Box(0.625, 0.625, 1, 1),
        Box(0, 0, 0.375, 0.375),
    ]


def test_the_order_of_the_entities_is_kept():
    entities = [asked("a blue one", *UPPER.as_tuple(), id="b"), asked("a red one", 0, 0.5, 1, 1)]
    score = score_picture(picture(), entities, PALETTE)
    assert [e.id for e in score.entities] == ["b", "a"]


def test_json_has_the_fields_of_a_result_file():
    entities = (
        EntityScore("a", "a red circle", Box(0.25, 0, 0.75, 0.5), Box(0.25, 0, 0.75, 0.25), True),
        EntityScore("b", "a blue circle", LOWER, None, False),
    )
    assert PictureScore(entities).to_json() == {
        "entities": [
            {
                "id": "a",
                "text": "a red circle",
                "asked": [0.25, 0, 0.75, 0.5],
                "found": [0.25, 0, 0.75, 0.25],
                "iou": 0.5,
            },
            {"id": "b", "text": "a blue circle", "asked": [0, 0.5, 1, 1], "found": None, "iou": 0},
        ],
        "mean_iou": 0.25,
    }


def test_a_layout_without_objects_scores_zero():
    assert score_picture(picture(), [], PALETTE).mean_iou == 0


def test_a_summary_counts_every_object_once():
    hit = EntityScore("a", "a red circle", UPPER, UPPER, True)
    other_colour = EntityScore("b", "a red circle", UPPER, Box(0, 0, 1, 0.4), False)
    half = EntityScore("c", "a red circle", UPPER, Box(0, 0, 0.5, 0.5), True)
    miss = EntityScore("d", "a red circle", UPPER, None, False)
    summary = summarise([PictureScore((hit, other_colour, half)), PictureScore((miss,))])
    assert (summary.count, summary.objects) == (2, 4)
    assert summary.mean_iou == pytest.approx((1 + 0.8 + 0.5) / 4)
    assert summary.share_over_half == 0.5, "exactly 0.5 is not over it"
    assert summary.share_right_colour == 0.25


def test_a_summary_of_nothing_is_zero():
    assert summarise([]).to_json() == {
        "count": 0,
        "objects": 0,
        "mean_iou": 0,
        "share_over_0.5": 0,
        "share_over_0.5_and_right_colour": 0,
    }
