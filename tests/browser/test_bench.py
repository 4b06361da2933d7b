"""What the benchmark of the canvases measures; how fast they are is for `dev.py bench` to say."""

import json

from devtools.bench_browser import BOXES, MOVES, many_boxes, measure_canvas


def test_a_drag_over_thirty_boxes_is_measured(desk):
    node = desk.add("GLIGEN_Layout", (20, 40), layout=many_boxes())
    editor = desk.editor(node)
    before = desk.layout(node)
    times = measure_canvas(desk.page, node)
    assert times.frames == MOVES
    assert 0 < times.median <= times.p95 <= times.worst
    after = desk.layout(node)
    assert len(after["entities"]) == BOXES == len(editor.phrases())
    moved = [a["id"] for a, b in zip(after["entities"], before["entities"], strict=True) if a != b]
    assert len(moved) == 1, json.dumps(moved)
