"""The fixture that tests/web/palette.test.mjs reads too: one palette, two languages."""

import json
from pathlib import Path

import numpy as np
import pytest

from gligen_core.draw import draw_layout, entity_colour
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, dump_layout, edits, parse_layout
from gligen_core.layout.animate import animate, evenly
from gligen_core.layout.colours import COLOURS, colour_of, colour_of_id, ink_on, rgb

FIXTURE = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "palette.json").read_text(encoding="utf-8")
)
CHOSEN = {"id": "e1", "text": "a ball", "box": [0.1, 0.1, 0.6, 0.6], "colour": "#123456"}


def layout_of(*entities):
    return parse_layout({"version": 1, "entities": list(entities)})


def has(picture, colour):
    return (np.asarray(picture) == rgb(colour)).all(axis=-1).any()


def test_the_palette_the_colour_of_an_id_and_the_ink_are_the_browsers():
    assert list(COLOURS) == FIXTURE["palette"]
    assert {id_: colour_of_id(id_) for id_ in FIXTURE["ids"]} == FIXTURE["ids"]
    assert {colour: ink_on(colour) for colour in FIXTURE["ink"]} == FIXTURE["ink"]


@pytest.mark.parametrize("case", FIXTURE["chosen"], ids=lambda case: json.dumps(case["entity"]))
def test_a_chosen_colour_counts_and_its_field_is_kept(case):
    layout = layout_of({"text": "a ball", "box": [0, 0, 1, 1]} | case["entity"])
    assert colour_of(layout.entities[0]) == case["colour"]
    [saved] = dump_layout(layout)["entities"]
    assert saved.get("colour", "none") == case["entity"].get("colour", "none")


@pytest.mark.parametrize("colour", ["#123456", "#ffee00", "#000000", "#ffffff"])
def test_a_thing_is_drawn_in_its_chosen_colour_with_a_readable_label(colour):
    drawn = draw_layout(layout_of(CHOSEN | {"colour": colour}))
    assert has(drawn, colour)
    assert has(drawn, ink_on(colour))
    assert not has(drawn, COLOURS[0])


def test_what_is_found_is_drawn_in_the_colour_of_what_was_asked():
    drawn = draw_layout(layout_of(CHOSEN), found=[Box(0.5, 0.5, 1, 1)])
    assert np.asarray(drawn)[511, 256:].tolist().count(list(rgb("#123456"))) > 50


@pytest.mark.parametrize(
    "edit",
    [
        lambda layout: edits.flip(layout, "horizontal"),
        lambda layout: edits.crop(layout, Box(0, 0, 0.5, 0.5)),
        lambda layout: edits.fit(layout, 768, 512),
        lambda layout: edits.scale(layout, 0.5),
        lambda layout: edits.scale(layout, 2, "canvas"),
        lambda layout: edits.sort(layout, "area"),
        lambda layout: edits.keep(layout, 1),
        lambda layout: layout.limit(1, "keep largest"),
        lambda layout: layout_of({"text": "b", "box": [0, 0, 1, 1]}).joined(layout),
        lambda layout: animate(evenly([layout, edits.flip(layout, "vertical")]), 3).layouts[1],
    ],
    ids="flip crop fit scale zoom sort keep limit join animate".split(),
)
def test_every_edit_keeps_colour_and_lock(edit):
    edited = edit(layout_of(CHOSEN | {"locked": True}))
    saved = dump_layout(edited)["entities"][-1]
    assert (saved["colour"], saved["locked"]) == ("#123456", True)


def test_a_newcomer_that_gets_another_id_keeps_the_colour_of_its_own_canvas():
    mine, yours = (layout_of({"text": text, "box": [0, 0, 1, 1]}) for text in ("a", "b"))
    joined = mine.joined(yours)
    assert [entity.id for entity in joined.entities] == ["e1", "e2"]
    assert [colour_of(entity) for entity in joined.entities] == [COLOURS[0]] * 2
    assert "colour" not in dump_layout(joined)["entities"][0]


def test_boxes_without_a_canvas_get_the_next_colour():
    chain = Layout()
    for _ in range(3):
        chain = chain.joined(Layout((Entity("", Box(0, 0, 1, 1), "a"),)))
    assert [entity_colour(entity.id) for entity in chain.entities] == list(map(rgb, COLOURS[:3]))
