"""Notes on layouts: what a person may not have meant."""

from dataclasses import replace

import pytest

from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout
from gligen_core.layout.notes import EMPTY, notes_on_boxes


def layout(*boxes):
    """Boxes (x0, y0, x1, y1), called 'thing 0', 'thing 1', ..."""
    return Layout(
        entities=tuple(
            Entity(id=f"e{n}", text=f"thing {n}", box=Box(*box)) for n, box in enumerate(boxes)
        )
    )


HERE, NEAR, THERE = (0.1, 0.1, 0.5, 0.5), (0.11, 0.1, 0.5, 0.49), (0.1, 0.1, 0.5, 0.6)


@pytest.mark.parametrize(
    ("frames", "notes"),
    [
        ([layout()], [EMPTY]),
        ([layout(), layout()], [EMPTY]),
        ([layout(), layout(HERE)], []),
        ([layout(HERE, THERE)], []),
        ([layout(HERE, HERE)], ["'thing 0' and 'thing 1' lie at one place."]),
        ([layout(HERE, THERE, NEAR)], ["'thing 0' and 'thing 2' lie at one place."]),
        ([layout(HERE, HERE)] * 2, ["'thing 0' and 'thing 1' lie at one place."]),
    ],
    ids=["empty", "two empty", "one of two", "apart", "twins", "nearly", "twins in each frame"],
)
def test_notes_tell_of_empty_layouts_and_of_boxes_at_one_place(frames, notes):
    assert notes_on_boxes(frames) == notes


def test_a_choice_in_braces_is_said_to_be_kept():
    (entity,) = layout(HERE).entities
    kept = Layout(entities=(replace(entity, text="a {red|blue} ball"),))
    (note,) = notes_on_boxes([kept, kept])
    assert note.startswith("'a {red|blue} ball' is read as it stands")


def test_of_many_pairs_the_first_are_told_and_the_rest_counted():
    *told, rest = notes_on_boxes([layout(*[HERE] * 6)])
    assert told == [f"'thing {n}' and 'thing {n + 1}' lie at one place." for n in range(3)]
    assert rest == "So do 2 more pairs of boxes."
