"""IoU and AP agree with pycocotools, on data sets drawn at random."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gligen_core.evaluation.average_precision import (
    AveragePrecision,
    Labelled,
    Picture,
    average_precision,
)
from gligen_core.geometry import Box

coco_mask = pytest.importorskip("pycocotools.mask")
SIDE = 1024  # powers of two: places in fractions and in pixels are equal to the last bit
CATEGORIES = ("cat", "dog", "bird")


def xywh(box):
    return [box.x0 * SIDE, box.y0 * SIDE, box.width * SIDE, box.height * SIDE]


@st.composite
def boxes(draw):
    """On a coarse grid, so that ties and thresholds are met."""
    x0, y0 = draw(st.integers(0, 14)), draw(st.integers(0, 14))
    x1, y1 = draw(st.integers(x0 + 1, 16)), draw(st.integers(y0 + 1, 16))
    return Box(x0 / 16, y0 / 16, x1 / 16, y1 / 16)


@st.composite
def near(draw, box):
    """A box that overlaps the other well, as a detector finds it."""
    shift = st.floats(-0.1, 0.1)
    x0, y0 = box.x0 + draw(shift) * box.width, box.y0 + draw(shift) * box.height
    return Box(x0, y0, x0 + box.width * draw(st.floats(0.8, 1.2)), y0 + box.height)


@st.composite
def pictures(draw):
    asked = draw(st.lists(st.builds(Labelled, st.sampled_from(CATEGORIES), boxes()), max_size=4))
    score = st.floats(0.01, 1) | st.sampled_from((0.5, 0.9))
    found = [
        Labelled(draw(st.sampled_from(CATEGORIES)), draw(boxes()), draw(score))
        for _ in range(draw(st.integers(0, 3)))
    ] + [
        Labelled(each.category, draw(near(each.box)), draw(score))
        for each in asked
        if draw(st.booleans())
    ]
    return Picture(tuple(asked), tuple(found))


def by_pycocotools(pictures):
    """-> AP, AP at 0.5"""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = {
        "info": {},
        "images": [{"id": n, "width": SIDE, "height": SIDE} for n in range(1, len(pictures) + 1)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(CATEGORIES, 1)],
        "annotations": [],
    }
    results = []
    for image, picture in enumerate(pictures, 1):
        for each in picture.asked:
            box = xywh(each.box)
            truth["annotations"].append(
                {
                    "id": len(truth["annotations"]) + 1,
                    "image_id": image,
                    "category_id": CATEGORIES.index(each.category) + 1,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                }
            )
        results += [
            {
                "image_id": image,
                "category_id": CATEGORIES.index(each.category) + 1,
                "bbox": xywh(each.box),
                "score": each.score,
            }
            for each in picture.found
        ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[:2]


@settings(max_examples=60, deadline=None)
@given(st.lists(pictures(), min_size=1, max_size=4))
def test_ap_is_cocos(pictures):
    if not any(p.asked for p in pictures) or not any(p.found for p in pictures):
        return  # pycocotools has no answer (-1), or refuses an empty list
    ours = average_precision(pictures)
    assert (ours.mean, ours.at_half) == pytest.approx(by_pycocotools(pictures), abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(boxes(), boxes())
def test_iou_is_cocos(one, other):
    theirs = coco_mask.iou(np.array([xywh(one)]), np.array([xywh(other)]), [0])
    assert one.iou(other) == pytest.approx(float(theirs[0, 0]))


def test_what_was_asked_and_found_is_perfect_and_nothing_is_zero():
    thing = Labelled("cat", Box(0, 0, 1, 1))
    assert average_precision([Picture((thing,), (thing,))]).at_half == pytest.approx(1)
    assert average_precision([Picture((thing,), ())]) == AveragePrecision(0, 0)
    assert average_precision([Picture((), (thing,))]) == AveragePrecision(0, 0)


def test_a_second_detection_of_one_thing_is_wrong():
    thing = Labelled("cat", Box(0, 0, 1, 1))
    other = Labelled("cat", Box(0, 0, 0.1, 0.1))
    worse = average_precision([Picture((thing, other), (thing, thing, other))])
    assert worse.at_half < average_precision([Picture((thing, other), (thing, other))]).at_half
