"""Held-out layouts: seeded, varied, and with boxes that leave room between them."""

from itertools import combinations

import pytest

from gligen_core.errors import GligenError
from gligen_core.evaluation.layout_sets import held_out_layouts
from gligen_core.layout import dump_layout, parse_layout

PHRASES = [
    ["a red circle", "a red square"],
    ["a green circle", "a green square"],
    ["a blue circle", "a blue square"],
    ["an orange circle", "an orange square"],
]


@pytest.fixture(scope="module")
def layouts():
    return held_out_layouts(100, seed=20240, phrases=PHRASES)


def test_the_same_seed_gives_the_same_layouts_and_a_longer_list_begins_alike(layouts):
    assert held_out_layouts(7, 20240, PHRASES) == layouts[:7]
    assert held_out_layouts(7, 20241, PHRASES) != layouts[:7]


def test_every_number_of_objects_and_every_canvas_occurs(layouts):
    assert {len(layout.entities) for layout in layouts} == {1, 2, 3, 4}
    assert {(layout.width, layout.height) for layout in layouts} == {
        (128, 128),
        (192, 128),
        (128, 192),
    }


def test_boxes_have_the_promised_size_and_lie_on_the_canvas(layouts):
    for box in (entity.box for layout in layouts for entity in layout.entities):
        assert min(box.x0, box.y0) >= 0 and max(box.x1, box.y1) <= 1
        assert 0.185 <= box.width <= 0.615 and 0.185 <= box.height <= 0.615, "0.2..0.6, rounded"


def test_no_two_boxes_of_a_layout_touch(layouts):
    for layout in layouts:
        for a, b in combinations(layout.entities, 2):
            assert a.box.intersect(b.box) is None


def test_every_phrase_occurs_and_no_colour_twice_in_a_layout(layouts):
    phrases = {entity.text for layout in layouts for entity in layout.entities}
    assert phrases == {phrase for row in PHRASES for phrase in row}
    for layout in layouts:
        colours = [entity.text.split()[1] for entity in layout.entities]
        assert len(set(colours)) == len(colours)


def test_a_layout_survives_its_json(layouts):
    assert [parse_layout(dump_layout(layout)) for layout in layouts] == layouts


def test_no_layouts_at_all_is_an_error():
    with pytest.raises(GligenError, match="0 layouts: expected at least 1"):
        held_out_layouts(0, 1, PHRASES)


def test_too_few_colours_for_the_objects_is_an_error():
    with pytest.raises(GligenError, match="3 colours: expected 4"):
        held_out_layouts(1, 1, PHRASES[:3])
