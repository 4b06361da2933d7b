"""The layout JSON. The tables lie in tests/fixtures/layouts, to be read by other languages too."""

import json
import logging
from itertools import pairwise
from pathlib import Path

import pytest

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.layout import (
    Entity,
    Layout,
    LayoutSequence,
    dump_layout,
    dump_sequence,
    parse_layout,
    parse_sequence,
)
from gligen_core.layout.fields import MAX_ITEMS
from gligen_core.layout.read import MAX_TEXT

FIXTURES = Path(__file__).parents[1] / "fixtures" / "layouts"


def table(name):
    rows = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def row_of_boxes(count):
    """`count` entities side by side, ever wider: the first is the smallest."""
    total = count * (count + 1) / 2
    starts = [n * (n - 1) / 2 / total for n in range(1, count + 2)]
    return Layout(
        tuple(
            Entity(f"e{n}", Box(x0, 0.0, min(x1, 1.0), 1.0), f"thing {n}")
            for n, (x0, x1) in enumerate(pairwise(starts), 1)
        )
    )


@table("kept.json")
def test_nothing_is_lost_on_a_round_trip(row):
    assert dump_layout(parse_layout(row["layout"])) == row["layout"]
    assert dump_layout(parse_layout(json.dumps(row["layout"]))) == row["layout"]


@table("completed.json")
def test_what_is_absent_or_over_the_edge_is_put_right(row):
    warnings = []
    assert dump_layout(parse_layout(row["layout"], warnings=warnings)) == row["becomes"]
    assert len(warnings) == row["warnings"]
    assert dump_layout(parse_layout(row["becomes"])) == row["becomes"]


@table("refused.json")
def test_what_is_broken_is_named_with_its_place(row):
    with pytest.raises(GligenError) as error:
        parse_layout(row["text"], source="my layout")
    assert str(error.value).startswith("my layout: ")
    for words in row["says"]:
        assert words in str(error.value)


def test_a_cut_box_is_logged_with_its_entity(caplog):
    with caplog.at_level(logging.WARNING):
        parse_layout({"entities": [{"text": "a red ball", "box": [0, 0, 2, 1]}]}, "file.json")
    assert "file.json: entity 1 ('a red ball')" in caplog.text
    assert "[0.0, 0.0, 1.0, 1.0]" in caplog.text


@pytest.mark.parametrize(
    "text, words",
    [
        ("[" * 100_000, "nested too deep"),
        ('{"entities": [], "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
        (" " * (MAX_TEXT + 1), "at most 5,000,000"),
        ('{"width": ' + "9" * 5_000 + ', "entities": []}', "not JSON"),
        ('{"width": ' + "9" * 400 + ', "entities": []}', "'width'"),
        (b"\xff\xfe\x00{", "not JSON"),
        ('{"entities": [' + ", ".join(["0"] * (MAX_ITEMS + 1)) + "]}", "at most 10,000"),
    ],
    ids=["open brackets", "deep field", "long", "many digits", "huge", "no UTF-8", "many items"],
)
def test_hostile_input_gets_the_same_kind_of_error(text, words):
    with pytest.raises(GligenError, match=words) as error:
        parse_layout(text)
    assert len(str(error.value)) < 500


def test_a_deep_object_that_is_not_text_gets_the_same_kind_of_error():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(GligenError):
        parse_layout({"entities": [], "x": deep})
    with pytest.raises(GligenError):
        parse_layout({"entities": [deep]})
    while deep:  # taken apart by hand: freeing it in one go would recurse as well
        deep = deep.pop()


def test_bytes_and_a_byte_order_mark_are_read():
    assert parse_layout('{"entities": []}'.encode("utf-8-sig")) == Layout()


def test_the_prompt_is_the_layouts_own_or_its_phrases():
    entities = [{"text": "a cat", "box": [0, 0, 1, 1]}, {"text": "a dog", "box": [0, 0, 1, 1]}]
    assert parse_layout({"entities": entities}).prompt == "a cat, a dog"
    assert parse_layout({"entities": entities, "prompt": "two pets"}).prompt == "two pets"
    assert parse_layout({"entities": entities, "prompt": " "}).prompt == "a cat, a dog"


def test_joining_keeps_order_and_gives_newcomers_free_ids():
    one, two = row_of_boxes(2), row_of_boxes(3)
    joined = one.joined(two)
    assert [entity.id for entity in joined.entities] == ["e1", "e2", "e3", "e4", "e5"]
    assert [entity.text for entity in joined.entities[2:]] == ["thing 1", "thing 2", "thing 3"]
    assert parse_layout(dump_layout(joined)) == joined


def test_a_layout_within_the_limit_stays_itself():
    layout = row_of_boxes(30)
    assert layout.limit(30) is layout


def test_too_many_objects_are_named():
    with pytest.raises(GligenError) as error:
        row_of_boxes(34).limit(30)
    assert str(error.value) == (
        "34 objects in the layout; this checkpoint takes 30. Remove 4 (the smallest are "
        "'thing 1', 'thing 2', 'thing 3', 'thing 4'), or set `overflow` to 'keep largest'."
    )


def test_keep_largest_drops_the_smallest_and_keeps_the_order():
    layout = row_of_boxes(31)
    assert layout.limit(30, "keep largest").entities == layout.entities[1:]


def test_of_equal_objects_the_last_goes_first():
    layout = Layout(tuple(Entity(f"e{n}", Box(0, 0, 1, 1), "a cat") for n in range(32)))
    assert layout.limit(30, "keep largest").entities == layout.entities[:30]


def test_a_sequence_is_a_list_or_a_single_layout():
    one = {"version": 1, "entities": [{"id": "a", "text": "a cat", "box": [0, 0, 0.5, 1]}]}
    two = {"version": 1, "entities": [{"id": "a", "text": "a cat", "box": [0.5, 0, 1, 1]}]}
    sequence = parse_sequence(json.dumps([one, two]))
    assert [layout.entities[0].box.x0 for layout in sequence.layouts] == [0, 0.5]
    assert parse_sequence(dump_sequence(sequence)) == sequence
    assert parse_sequence(one) == LayoutSequence((parse_layout(one),))


@pytest.mark.parametrize(
    "data, words",
    [
        ([], "0 layouts"),
        ([{"entities": []}, {"entities": [{"text": "a cat"}]}], "layout 2: entity 1 .'a cat'."),
    ],
)
def test_a_broken_sequence_names_the_frame(data, words):
    with pytest.raises(GligenError, match=words):
        parse_sequence(data)
