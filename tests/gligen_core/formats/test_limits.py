"""No input makes anything but a layout or a GligenError that names the place, and none takes long.

The stated limits: 5,000,000 characters of JSON and 250,000 lists and objects in it, 100,000
characters of prose, 10,000 boxes or poses a picture, 20,000 boxes and 5,000 poses in all frames
together, 10,000 frames, 1000 masks.
"""

import json
import sys
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import read
from strategies import ANYTHING

from gligen_core.errors import GligenError
from gligen_core.formats import (
    FORMATS,
    UNTOLD,
    Canvas,
    Context,
    bbox,
    bounding_box,
    coco,
    css,
    elements,
    florence2,
    gligen_gui,
    inline,
    layout_json,
    lmd,
    masks,
    openpose,
    parse_anything,
    segs,
    splines,
    stock,
    tags,
    tracking,
    yolo,
)
from gligen_core.layout import Layout, LayoutSequence

MODULES = {
    "layout": layout_json,
    "COCO": coco,
    "POSE_KEYPOINT": openpose,
    "Florence-2": florence2,
    "BOUNDING_BOX": bounding_box,
    "SEGS": segs,
    "TRACKING": tracking,
    "coordinates": splines,
    "elements": elements,
    "gligen-gui session": gligen_gui,
}
OBJECTS = {
    **{name: partial(read, module, source=name) for name, module in MODULES.items()},
    "BBOX": lambda data: read(bbox, data, order="xyxy"),
    "boxes": lambda data: parse_anything(data, order="xywh"),
    "boxes, asked": parse_anything,
}
TEXTS = {
    "YOLO": partial(read, yolo, source="YOLO"),
    "LMD answer": partial(read, lmd, source="LMD answer"),
    "LayoutGPT answer": partial(read, css, source="LayoutGPT answer"),
    "boxes": parse_anything,
    "prompt": partial(read, inline, source="prompt"),
    "tags": partial(read, tags, source="tags"),
}
OF_JSON = {name: parse for name, parse in OBJECTS.items() if name != "SEGS"}
HUGE = 100_000_000  # characters
MANY = 100_000  # boxes


def outcome(parse, data, source):
    """ "layout", or "refused" by an error that begins with the source."""
    try:
        found = parse(data)
    except GligenError as refusal:
        str(refusal).encode()  # it can be written anywhere
        named = str(refusal).startswith((source, "canvas", "box", "BBOX"))
        assert named, refusal
        return "refused"
    assert isinstance(found, Layout | LayoutSequence)
    return "layout"


@pytest.mark.parametrize("name", OBJECTS)
@settings(max_examples=80, deadline=None)
@given(data=ANYTHING)
def test_objects_of_no_particular_kind(name, data):
    outcome(OBJECTS[name], data, name)


@settings(max_examples=200, deadline=None)
@given(data=ANYTHING | st.lists(ANYTHING, min_size=1, max_size=3))
def test_what_a_row_recognises_it_reads_or_refuses(data):
    for row in FORMATS:
        if row.recognises(data):
            outcome(partial(row.parse, context=Context(source="boxes")), data, "boxes")


@pytest.mark.parametrize("name", OF_JSON)
@settings(max_examples=60, deadline=None)
@given(text=st.text() | st.binary() | ANYTHING.map(lambda value: json.dumps(value, default=str)))
def test_text_of_no_particular_kind(name, text):
    outcome(OF_JSON[name], text, name)


WORDS = st.sampled_from(
    (
        *("[", "]", "(", ")", "{", "}", "'", '"', ",", ":", ";", "\n", "\\", " ", "```", "json"),
        *("a cat", "0.1", "0.9", "512", "-1", "nan", "1e999", "width", "height", "top", "left"),
        *("px", "Background prompt: ", "version", "entities", "box", "box_2d", "0", "1", "x"),
    )
)


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=80, deadline=None)
@given(text=st.text() | st.lists(WORDS, max_size=40).map("".join))
def test_prose_of_no_particular_kind(name, text):
    outcome(TEXTS[name], text, name)


@settings(max_examples=80, deadline=None)
@given(data=ANYTHING)
def test_boxes_of_an_untold_picture_of_no_particular_kind(data):
    outcome(lambda value: parse_anything(value, UNTOLD), data, "boxes")


@pytest.mark.parametrize("kind", [stock.STILL, stock.BATCHED])
@settings(max_examples=80, deadline=None)
@given(data=ANYTHING | st.lists(st.lists(st.tuples(*[st.integers(0, 9)] * stock.NUMBERS))))
def test_entries_of_old_nodes_of_no_particular_kind(kind, data):
    entry = (kind, None, data)
    outcome(
        lambda value: stock.parse(value, Context(Canvas(), "stock GLIGEN")).layouts,
        entry,
        "stock GLIGEN",
    )


@settings(max_examples=60, deadline=None)
@given(data=ANYTHING | st.lists(st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=2))))
def test_masks_of_no_particular_kind(data):
    outcome(partial(read, masks), data, "masks")


@pytest.mark.parametrize("name", OF_JSON)
def test_a_hundred_megabytes_are_refused_before_they_are_read(name):
    with pytest.raises(GligenError, match=r"100,000,000 characters"):
        OF_JSON[name]("[" * HUGE)


@pytest.mark.parametrize("name", OF_JSON)
@pytest.mark.parametrize("part", ["[]", "{}", "[[]]", '{"a":[]}'])
def test_millions_of_lists_and_objects_are_refused_before_they_are_read(name, part):
    with pytest.raises(GligenError, match=r"lists and objects in the JSON; at most 250,000"):
        OF_JSON[name](f"[{','.join([part] * 300_000)}]")


@pytest.mark.parametrize("name", TEXTS)
def test_endless_prose_is_refused(name):
    with pytest.raises(GligenError, match=r"characters; at most"):
        TEXTS[name]("a" * HUGE)


@pytest.mark.parametrize("name", OF_JSON)
@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}"), ("[[[{", "}]]]")])
def test_deep_nesting_is_refused(name, opening, closing):
    depth = 20 * sys.getrecursionlimit()
    assert outcome(OF_JSON[name], opening * depth + "1" + closing * depth, name) == "refused"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("part", ["[", "(", "('", "[(", "('a', [", "[a](", "a {", "```json\n", "{"])
def test_openings_that_never_close_do_not_hang(name, part):
    outcome(TEXTS[name], part * (100_000 // len(part)), name)


BOXES = {
    "layout": {"entities": [{"text": "a", "box": [0, 0, 1, 1]}] * MANY},
    "POSE_KEYPOINT": {"people": [{"pose_keypoints_2d": [0.5] * 54}] * MANY},
    "Florence-2": {"bboxes": [[0, 0, 9, 9]] * MANY, "labels": ["a"] * MANY},
    "BOUNDING_BOX": [{"x": 0, "y": 0, "width": 9, "height": 9}] * MANY,
    "BBOX": [[0, 0, 9, 9]] * MANY,
    "coordinates": [{"x": 0, "y": 0}] * MANY,
    "elements": [{"bbox": [0, 0, 9, 9]}] * MANY,
    "TRACKING": {"cat": {"0": [[0, 0, 9, 9, 512, 512]] * MANY}},
    "COCO": {
        "images": [{"id": 1, "width": 512, "height": 512}],
        "annotations": [{"image_id": 1, "bbox": [0, 0, 9, 9], "category_id": 1}] * MANY,
        "categories": [],
    },
    "gligen-gui session": {"stringProps": {}, "mapProps": {"boxMap": [[0, {}]] * MANY}},
}


@pytest.mark.parametrize("name", BOXES)
def test_a_hundred_thousand_boxes_are_refused_by_number(name):
    with pytest.raises(GligenError, match=r"100,000 .*at most (5|10|20),000|more than 10,000"):
        OBJECTS[name](BOXES[name])


FRAMES = 1_000  # of a hundred each
IN_FRAMES = {
    "layout": [{"entities": [{"text": "a", "box": [0, 0, 1, 1]}] * 100}] * FRAMES,
    "Florence-2": [{"bboxes": [[0, 0, 9, 9]] * 100, "labels": ["a"] * 100}] * FRAMES,
    "BOUNDING_BOX": [[{"x": 0, "y": 0, "width": 9, "height": 9}] * 100] * FRAMES,
    "BBOX": [[[0, 0, 9, 9]] * 100] * FRAMES,
    "coordinates": [[{"x": 0, "y": 0}] * 100] * FRAMES,
    "TRACKING": {"cat": {str(n): [[0, 0, 9, 9, 512, 512]] * 100 for n in range(FRAMES)}},
    "POSE_KEYPOINT": [{"people": [{"pose_keypoints_2d": [0.5] * 54}] * 100}] * FRAMES,
}


@pytest.mark.parametrize("name", IN_FRAMES)
def test_a_hundred_thousand_boxes_in_frames_are_refused_by_number(name):
    with pytest.raises(GligenError, match=r"at most (5|10|20),000|more than 20,000"):
        OBJECTS[name](IN_FRAMES[name])
    if name != "POSE_KEYPOINT":
        with pytest.raises(GligenError, match=r"at most (5|10|20),000|more than 20,000"):
            OBJECTS["boxes"](json.dumps(IN_FRAMES[name]))


def test_poses_of_all_frames_are_counted_too():
    people = [{"joints": [[0.5, 0.5, 1]] * 17}] * 100
    with pytest.raises(GligenError, match=r"5,100 poses in 51 layouts; at most 20,000 and 5,000"):
        read(layout_json, [{"poses": people}] * 200)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), "1", None, True])
@pytest.mark.parametrize(
    "name, data",
    [
        ("BOUNDING_BOX", lambda n: [{"x": n, "y": 0, "width": 9, "height": 9}]),
        ("BBOX", lambda n: [[0, n, 9, 9]]),
        ("Florence-2", lambda n: {"bboxes": [[0, 0, n, 9]], "labels": ["a"]}),
        ("coordinates", lambda n: [{"x": n, "y": 0}]),
        ("elements", lambda n: [{"bbox": [0, 0, n, 9]}]),
        ("TRACKING", lambda n: {"cat": {"0": [[0, 0, n, 9, 512, 512]]}}),
        ("POSE_KEYPOINT", lambda n: {"people": [{"pose_keypoints_2d": [n or True] * 54}]}),
    ],
)
def test_what_is_no_number_is_named(name, data, number):
    with pytest.raises(GligenError, match=rf"^{name}: .*\d.* is not a finite number"):
        OBJECTS[name](data(number))
