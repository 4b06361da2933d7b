"""parse(dump(x)) is x, but for what the table CARRIES says that the format can't carry."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import layouts, sequences

from gligen_core.formats import (
    CARRIES,
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
    reduced,
    segs,
    splines,
    tracking,
    yolo,
)
from gligen_core.formats.reading import Canvas
from gligen_core.layout import Layout, LayoutSequence, frames_of

CLOSE = 1e-6  # of the canvas: what multiplying and dividing by its size may cost


def json_trip(value):
    return json.loads(json.dumps(value))


def through_inline(layout):
    prompt, back = inline.parse(inline.dump(layout))
    assert "[" not in prompt
    return replace(back, extra=())


TRIPS = {
    "layout_json": lambda x: layout_json.parse(layout_json.dump_text(x)),
    "coco": lambda x: coco.parse(json_trip(coco.dump(x)), people="poses"),
    "yolo": lambda x: yolo.parse(*yolo.dump(x)),
    "openpose": lambda x: openpose.parse(json_trip(openpose.dump(x))),
    "florence2": lambda x: florence2.parse(json_trip(florence2.dump(x)), canvas_of(x)),
    "bounding_box": lambda x: bounding_box.parse(json_trip(bounding_box.dump(x)), canvas_of(x)),
    "bbox": lambda x: bbox.parse(bbox.dump(x, "xywh"), "xywh", canvas_of(x)),
    "segs": lambda x: segs.parse(segs.dump(x)),
    "elements": lambda x: elements.parse(json_trip(elements.dump(x))),
    "lmd": lambda x: lmd.parse(lmd.dump(x), canvas_of(x)),
    "css": lambda x: css.parse(css.dump(x), canvas_of(x)),
    "inline": through_inline,
    "gligen_gui": lambda x: gligen_gui.parse(json_trip(gligen_gui.dump(x))),
    "masks": lambda x: masks.parse(masks.dump(x)),
}
NEEDS_ENTITIES = {"css"}  # the answer without objects is no answer


def placeless(entity):
    """All but the box; a score of 1 is as good as none."""
    return replace(entity, box=None, extra=()), entity.score


def canvas_of(layouts):
    return Canvas(layouts.width, layouts.height)


def assert_same(found, expected, canvas=True):
    found, expected = frames_of(found), frames_of(expected)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if canvas:
            assert (one.width, one.height) == (other.width, other.height)
        assert one.extra == other.extra
        places = ([entity.box.as_tuple() for entity in layout.entities] for layout in (one, other))
        for corners, wanted in zip(*places, strict=True):
            assert corners == pytest.approx(wanted, abs=CLOSE)
        assert [placeless(entity) for entity in one.entities] == [
            placeless(entity) for entity in other.entities
        ]
        assert [pose.id for pose in one.poses] == [pose.id for pose in other.poses]
        for pose, wanted in zip(one.poses, other.poses, strict=True):
            for joint, wanted_joint in zip(pose.joints, wanted.joints, strict=True):
                assert tuple(joint) == pytest.approx(tuple(wanted_joint), abs=CLOSE)


def test_every_row_of_the_table_is_tried():
    assert set(TRIPS) | {"tracking"} == set(CARRIES)


@pytest.mark.parametrize("name", TRIPS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_comes_back_is_what_the_table_says(name, data):
    row = CARRIES[name]
    given_layouts = data.draw(sequences() if row.frames else layouts())
    if name in NEEDS_ENTITIES and not frames_of(given_layouts)[0].entities:
        return
    found = TRIPS[name](given_layouts)
    assert_same(found, reduced(given_layouts, row), canvas=row.canvas)


@settings(max_examples=40, deadline=None)
@given(sequence=sequences())
def test_tracking_brings_back_boxes_by_their_ids(sequence):
    named = sequence.map(
        lambda layout: layout.with_entities(
            replace(entity, id=f"{entity.id}.{entity.text}") for entity in layout.entities
        )
    )
    if not any(layout.entities for layout in named.layouts):
        return
    back = tracking.parse(json_trip(tracking.dump(named)))
    wanted = frames_of(reduced(named, CARRIES["tracking"]))
    for number, layout in enumerate(named.layouts):
        found = {} if number >= len(back.layouts) else by_id(back.layouts[number])
        boxes = zip(layout.entities, wanted[number].entities, strict=True)
        for entity, expected in boxes:
            assert found.pop(entity.id)[0] == pytest.approx(expected.box.as_tuple(), abs=CLOSE)
        assert not found


def by_id(layout):
    return {entity.id: (entity.box.as_tuple(), entity.text) for entity in layout.entities}


@settings(max_examples=40, deadline=None)
@given(layout=layouts())
def test_coordinate_strings_carry_centres(layout):
    if not layout.entities:
        return
    box_px = (10, 10)
    back = splines.parse(splines.dump(layout), canvas_of(layout), box_px=box_px).layouts[0]
    for entity, found in zip(layout.entities, back.entities, strict=True):
        for low, high, side in ((0, 2, layout.width), (1, 3, layout.height)):
            corners, seen = entity.box.as_tuple(), found.box.as_tuple()
            if 0 < seen[low] and seen[high] < 1:  # else cut at the edge
                centre = (corners[low] + corners[high]) / 2
                assert (seen[low] + seen[high]) / 2 == pytest.approx(centre, abs=0.51 / side)


def test_reducing_twice_changes_nothing_more():
    layout = layout_json.parse(
        {"entities": [{"text": "a", "box": [0.123, 0.2, 0.9, 0.777], "strength": 0.5, "image": 1}]}
    )
    assert isinstance(layout, Layout)
    for row in CARRIES.values():
        once = reduced(LayoutSequence((layout, layout)), row)
        assert reduced(once, row) == once
