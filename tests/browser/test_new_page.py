"""What newer pages do with our nodes: fields for types that they know, wheel, undo, findings."""

import json

import pytest
from test_every_canvas import CANVASES, edit, saved, sent
from test_gate_canvas import CURVE

from devtools.api_client import ApiClient

FIELDS = {"STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"}
# What pages from 1.42 saved for a curve that nobody had drawn, and sent with every prompt.
UNDRAWN = [
    [[0, 0], [1, 1]],
    {"points": [[0, 0], [1, 1]], "interpolation": "monotone_cubic"},
]


@pytest.fixture(params=CANVASES)
def canvas(request):
    return CANVASES[request.param]


@pytest.fixture
def node(desk, canvas):
    desk.look(y=150)
    return desk.add(canvas.node, (20, 20), **{canvas.widget: canvas.value})


@pytest.fixture
def editor(desk, node, canvas):
    return desk.editor(node, canvas.widget)


def test_no_wire_became_a_field(desk):
    definitions = ApiClient(desk.address).get("/object_info")
    ours = {name: each for name, each in definitions.items() if name.startswith("GLIGEN_")}
    made = desk.page.evaluate(
        "(types) => types.map((type) => { const node = window.LiteGraph.createNode(type);"
        " window.app.graph.add(node); return [type, (node.widgets ?? []).map(({ name }) => name),"
        "   node.inputs.filter(({ widget }) => !widget).map(({ name }) => name)]; })",
        list(ours),
    )
    assert len(made) == len(ours) > 30
    for node_type, fields, sockets in made:
        wires = wires_of(ours[node_type])
        assert not wires & set(fields), f"{node_type}: fields for wires"
        assert set(sockets) == wires, f"{node_type}: sockets"


def wires_of(definition):
    """The inputs without a field, by their types and by what the schema says."""
    groups = definition["input"]
    inputs = groups.get("required", {}) | groups.get("optional", {})
    return {
        name
        for name, (kind, options) in inputs.items()
        if not isinstance(kind, list) and (kind not in FIELDS or options.get("forceInput"))
    }


@pytest.mark.parametrize("undrawn", UNDRAWN)
def test_a_curve_that_a_page_saved_beside_the_drawn_one_is_let_go(desk, undrawn):
    node = desk.add("GLIGEN_GateCurve", (20, 40), gate=CURVE)
    workflow = desk.saved()
    [ours] = workflow["nodes"]
    ours["widgets_values"] = [CURVE, undrawn]
    for slot in ours["inputs"]:
        if slot["name"] == "curve":
            slot["widget"] = {"name": "curve"}
    desk.load(workflow)
    assert desk.prompt()[str(node)]["inputs"] == {"gate": CURVE}
    assert saved(desk) == [CURVE]


def test_undo_in_a_canvas_is_the_canvass_alone(desk, node, editor, canvas):
    desk.load(desk.saved())  # undo of the host is a workflow's, and an empty page has none
    editor = desk.editor(node, canvas.widget)
    edit(editor)
    edited = sent(desk, node, canvas)
    for keys, expected in (("Control+z", canvas.value), ("Control+y", edited)):
        editor.press(keys)
        desk.settle(40)
        assert json.loads(sent(desk, node, canvas)) == json.loads(expected)
        # The node is the same, and so is what has the focus.
        assert editor.canvas.evaluate("(canvas) => document.activeElement === canvas")


def view(desk):
    return desk.page.evaluate(
        "() => { const { scale, offset } = window.app.canvas.ds; return [scale, ...offset]; }"
    )


def test_wheel_and_pan_stay_with_a_canvas_that_has_the_focus(desk, node, editor, canvas):
    before = view(desk)
    editor.focus()
    middle = canvas.place(editor, (0.5, 0.5))
    mouse, keyboard = desk.page.mouse, desk.page.keyboard
    if canvas.widget != "gate":  # a plot has nothing to zoom, and leaves the wheel to the graph
        mouse.move(*middle)
        mouse.wheel(0, -300)
        desk.settle(8)
        assert view(desk) == before
    for button, key in (("middle", None), ("left", " ")):
        mouse.move(*middle)
        if key:
            keyboard.down(key)
        mouse.down(button=button)
        mouse.move(middle[0] + 40, middle[1] + 30, steps=4)
        mouse.up(button=button)
        if key:
            keyboard.up(key)
        desk.settle(8)
        assert view(desk) == before
    if canvas.widget != "gate":
        assert sent(desk, node, canvas) == canvas.value


def test_wheel_over_a_canvas_without_the_focus_is_the_graphs(desk, node, editor, canvas):
    before = view(desk)
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.mouse.move(*canvas.place(editor, (0.5, 0.5)))
    desk.page.mouse.wheel(0, -300)
    desk.settle(8)
    assert view(desk)[0] != before[0]
