"""What the benchmark of the canvases measures; how fast they are is for `dev.py bench` to say."""

import json

import pytest

from devtools.bench.canvas import (
    BOXES,
    MOVES,
    PEOPLE,
    many_boxes,
    many_people,
    measure_canvas,
)


def test_a_drag_over_thirty_boxes_is_measured(desk):
    node = desk.add("GLIGEN_Layout", (20, 40), layout=many_boxes())
    editor = desk.editor(node)
    before = desk.layout(node)
    times = measure_canvas(desk.page, node)
    assert times.frames == MOVES
    assert 0 < times.median <= times.p95 <= times.worst
    after = desk.layout(node)
    assert len(after["entities"]) == BOXES == len(editor.phrases())
    pairs = zip(after["entities"], before["entities"], strict=True)
    moved = [a["id"] for a, b in pairs if a["box"] != pytest.approx(b["box"], abs=0.001)]
    assert len(moved) == 1, json.dumps(moved)


def test_a_drag_of_eight_people_is_measured(desk):
    node = desk.add("GLIGEN_Poses", (20, 40), poses=many_people())
    desk.editor(node, "poses")
    before = desk.layout(node, "poses")["poses"]
    times = measure_canvas(desk.page, node, "poses", select_all=True)
    assert times.frames == MOVES
    after = desk.layout(node, "poses")["poses"]
    moved = [a["id"] for a, b in zip(after, before, strict=True) if a != b]
    assert len(moved) == PEOPLE, json.dumps(moved)
