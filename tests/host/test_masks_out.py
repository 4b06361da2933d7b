"""Layouts as masks and boxes: what is made takes room that is known before."""

import json
import tracemalloc

import pytest

WHOLE = [{"text": f"a{n}", "box": [0, 0, 1, 1]} for n in range(20)]
HUGE = json.dumps({"width": 16384, "height": 16384, "entities": WHOLE})
SMALL = json.dumps({"width": 64, "height": 32, "entities": WHOLE[:2]})


def test_boxes_of_a_huge_canvas_take_no_room(pack):
    tracemalloc.start()
    try:
        out = pack("nodes.layout_export").LayoutToBoxes.execute(HUGE, "xywh")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50 << 20
    (size, segments) = out[2]
    assert size == (16384, 16384) and len(segments) == 20
    assert segments[3].cropped_mask.shape == (16384, 16384)
    assert segments[3].cropped_mask[16383, 16383] == 1


def test_masks_of_usual_boxes_are_arrays_of_their_own(pack):
    _, segments = pack("nodes.layout_export").LayoutToBoxes.execute(SMALL, "xywh")[2]
    segments[0].cropped_mask[0, 0] = 0  # as other packs do
    assert segments[1].cropped_mask.min() == 1


def test_masks_that_fit_into_no_memory_are_refused(pack, refusal):
    with pytest.raises(refusal, match="20 masks of 16384 x 16384 have 5,368,709,120 pixels"):
        pack("nodes.layout_export").LayoutToMasks.execute(HUGE, 0, 0)
    each, union = pack("nodes.layout_export").LayoutToMasks.execute(HUGE, 64, 64)
    assert each.shape == (20, 64, 64) and union.shape == (1, 64, 64)


@pytest.mark.parametrize("width, height", [(1, 16384), (16384, 1), (16384, 16384), (3, 5)])
def test_a_preview_is_never_larger_than_can_be_shown(pack, width, height):
    layout = json.dumps({"width": width, "height": height, "entities": WHOLE[:1]})
    drawing = pack("nodes.preview").PreviewLayout.execute(layout)[0]
    assert 1 <= min(drawing.shape[1:3]) and max(drawing.shape[1:3]) <= 4096
    assert drawing.shape[2] / drawing.shape[1] == pytest.approx(width / height, rel=0.01) or 1 in (
        *drawing.shape[1:3],
        width,
        height,
    )


def test_previews_that_fit_into_no_memory_are_refused(pack, refusal):
    frames = [{"width": 1024, "height": 1024, "entities": WHOLE[:1]}] * 1000
    with pytest.raises(refusal, match=r"1,000 drawings with 1,048,576,000 pixels"):
        pack("nodes.preview").PreviewLayout.execute(json.dumps(frames))


def test_a_score_of_400_digits_is_read_over(pack):
    entity = f'{{"text": "a", "box": [0, 0, 1, 1], "score": {"9" * 400}}}'
    _, segments = pack("nodes.layout_export").LayoutToBoxes.execute(
        f'{{"entities": [{entity}]}}', "xywh"
    )[2]
    assert segments[0].confidence == 1
