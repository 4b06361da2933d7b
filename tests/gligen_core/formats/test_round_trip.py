"""parse(dump(x)) is x, but for what the table CARRIES says that the format can't carry."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import frames, read
from strategies import layouts, sequences

from gligen_core.formats import (
    FORMATS,
    Canvas,
    Context,
    Options,
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
from gligen_core.layout import Layout, LayoutSequence, frames_of

CLOSE = 1e-6  # of the canvas: what multiplying and dividing by its size may cost


def written(module, value):
    """What the format's row writes, as text."""
    return module.FORMAT.write(value, Options(order="xywh"))


def through_inline(layout):
    prompt, back = inline.read_prompt(inline.dump(layout), Context())
    assert "[" not in prompt
    return replace(back, extra=())


CARRIES = {row.name: row.capabilities for row in FORMATS if row.capabilities}
TRIPS = {
    "layout JSON": lambda x: read(layout_json, written(layout_json, x)),
    "COCO": lambda x: read(coco, written(coco, x), people="poses"),
    "YOLO": lambda x: read(yolo, yolo.labels(x).text, class_names=yolo.labels(x).names),
    "OpenPose": lambda x: read(openpose, written(openpose, x)),
    "Florence-2": lambda x: read(florence2, written(florence2, x), canvas_of(x)),
    "BOUNDING_BOX": lambda x: read(bounding_box, written(bounding_box, x), canvas_of(x)),
    "BBOX": lambda x: read(bbox, written(bbox, x), canvas_of(x), order="xywh"),
    "SEGS": lambda x: read(segs, segs.dump(x)),
    "elements": lambda x: read(elements, written(elements, x)),
    "LMD": lambda x: read(lmd, lmd.dump(x), canvas_of(x)),
    "LayoutGPT": lambda x: read(css, css.dump(x), canvas_of(x)),
    "prompt with places": through_inline,
    "gligen-gui": lambda x: read(gligen_gui, written(gligen_gui, x)),
    "masks": lambda x: read(masks, masks.dump(x)),
}
NEEDS_ENTITIES = {"LayoutGPT"}  # the answer without objects is no answer


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
    assert set(TRIPS) | {"TRACKING"} == set(CARRIES)


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
    back = frames(tracking, written(tracking, named))
    wanted = frames_of(reduced(named, CARRIES["TRACKING"]))
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
    back = frames(splines, splines.dump(layout), canvas_of(layout), box_px=box_px).layouts[0]
    for entity, found in zip(layout.entities, back.entities, strict=True):
        for low, high, side in ((0, 2, layout.width), (1, 3, layout.height)):
            corners, seen = entity.box.as_tuple(), found.box.as_tuple()
            if 0 < seen[low] and seen[high] < 1:  # else cut at the edge
                centre = (corners[low] + corners[high]) / 2
                assert (seen[low] + seen[high]) / 2 == pytest.approx(centre, abs=0.51 / side)


def test_reducing_twice_changes_nothing_more():
    layout = read(
        layout_json,
        {"entities": [{"text": "a", "box": [0.123, 0.2, 0.9, 0.777], "strength": 0.5, "image": 1}]},
    )
    assert isinstance(layout, Layout)
    for row in CARRIES.values():
        once = reduced(LayoutSequence((layout, layout)), row)
        assert reduced(once, row) == once
