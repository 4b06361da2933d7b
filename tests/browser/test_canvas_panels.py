"""Around a canvas: the node's height, the page for the value as text, what is in doubt."""

import json

import pytest
from desk import LAYOUT_NODE
from test_every_canvas import CANVASES, sent
from test_pose_canvas import TWO as PEOPLE

BALL = {"text": "a ball", "box": [0.1, 0.1, 0.4, 0.4]}


def row_of_boxes(count):
    boxes = [
        {"text": f"thing {n + 1}", "box": [0.03 * n, 0.1, 0.03 * n + 0.05, 0.3]}
        for n in range(count)
    ]
    return json.dumps({"version": 1, "width": 512, "height": 512, "entities": boxes})


def people(count):
    person = json.loads(PEOPLE)["poses"][0]["joints"]
    return json.dumps({"version": 1, "poses": [{"joints": person}] * count})


def height(desk, node):
    """Of the node, in units of the graph: as it is, and as it is shown."""
    desk.settle(20)
    own = desk.page.evaluate("(id) => window.app.graph.getNodeById(id).size[1]", node)
    shown = desk.page.evaluate(
        "(id) => document.querySelector(`[data-node-id='${id}']`)?.offsetHeight ?? 0", node
    )
    return own, shown


@pytest.mark.parametrize(
    "kind, widget, few, many",
    [
        (LAYOUT_NODE, "layout", row_of_boxes(1), row_of_boxes(31)),
        ("GLIGEN_Poses", "poses", people(1), people(8)),
    ],
    ids=["layout", "poses"],
)
def test_a_long_list_makes_no_node_higher(desk, kind, widget, few, many):
    node = desk.add(kind, (20, 40), **{widget: few})
    editor = desk.editor(node, widget)
    before = height(desk, node)
    for text in (many, few, many):
        desk.page.evaluate(
            "([id, text]) => { window.app.graph.getNodeById(id).widgets[0].value = text; }",
            [node, text],
        )
        editor.focus()
        editor.press(".")  # the selected one shows more
        assert height(desk, node) == before
    desk.page.evaluate("(id) => window.app.graph.getNodeById(id).setSize([620, 900])", node)
    high = height(desk, node)
    desk.page.evaluate("(id) => window.app.graph.getNodeById(id).setSize([620, 600])", node)
    low = height(desk, node)
    assert high[0] == 900 and low[0] == 600
    assert not desk.nodes2 or high[1] - low[1] == pytest.approx(300, abs=4)


@pytest.fixture(params=CANVASES)
def canvas(request):
    return CANVASES[request.param]


def test_text_that_is_typed_is_one_step_to_undo(desk, canvas):
    node = desk.add(canvas.node, (20, 40), **{canvas.widget: canvas.value})
    editor = desk.editor(node, canvas.widget)
    editor.focus()
    editor.press(".", "ArrowRight")
    edited = sent(desk, node, canvas)
    editor.button("Value as JSON").click()
    typed = json.dumps(json.loads(edited) | {"mood": "calm"})
    editor.handle.query_selector("textarea").fill(typed)
    editor.handle.query_selector(".gligen-text-button").click()
    assert sent(desk, node, canvas) == typed
    editor.press("Control+z")  # the canvas has the focus again
    assert sent(desk, node, canvas) == edited
    editor.press("Control+z")
    assert sent(desk, node, canvas) == canvas.value
    editor.press("Control+y", "Control+y")
    assert sent(desk, node, canvas) == typed


def test_typed_text_that_cannot_be_read_changes_nothing(desk, canvas):
    node = desk.add(canvas.node, (20, 40), **{canvas.widget: canvas.value})
    editor = desk.editor(node, canvas.widget)
    editor.button("Value as JSON").click()
    editor.handle.query_selector("textarea").fill("{oops")
    editor.handle.query_selector(".gligen-text-button").click()
    assert "not JSON" in editor.handle.query_selector(".gligen-warning").inner_text()
    assert editor.handle.query_selector("textarea").input_value() == "{oops"
    assert sent(desk, node, canvas) == canvas.value
    editor.button("Value as JSON").click()
    assert editor.canvas.is_visible()
    assert not editor.handle.query_selector(".gligen-warning").is_visible()


def note(editor):
    return editor.handle.query_selector(".gligen-note").inner_text()


def test_one_box_too_many_is_told_while_it_is_drawn(desk):
    node = desk.add(LAYOUT_NODE, (20, 40), layout=row_of_boxes(30))
    editor = desk.editor(node)
    assert note(editor) == ""
    desk.page.mouse.move(*editor.at(0.2, 0.5))
    desk.page.mouse.down()
    desk.page.mouse.move(*editor.at(0.6, 0.9), steps=4)
    desk.settle()
    assert "31 of 30" in note(editor)
    desk.page.mouse.up()
    desk.page.keyboard.type("one more")
    editor.press("Enter")
    assert "31 of 30" in note(editor)
    [*_, last] = desk.layout(node)["entities"]
    assert last["box"] == pytest.approx([0.2, 0.5, 0.6, 0.9], abs=0.012)  # nothing moved
    editor.focus()
    editor.press("Control+z", "Control+z")
    assert note(editor) == ""


def test_two_boxes_at_one_place_are_told(desk):
    twins = {"version": 1, "entities": [BALL, {"text": "a cup", "box": [0.6, 0.6, 0.9, 0.9]}, BALL]}
    node = desk.add(LAYOUT_NODE, (20, 40), layout=json.dumps(twins))
    editor = desk.editor(node)
    assert "1 (a ball)" in note(editor) and "3 (a ball)" in note(editor)
    editor.click(0.2, 0.2)
    editor.press(*["ArrowRight"] * 3)
    assert note(editor) == ""
