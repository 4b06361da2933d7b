"""What the three canvases share: how they are worked, what the host does with their values."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from desk import Editor
from test_gate_canvas import CURVE, Plot
from test_layout_canvas import TWO as BOXES
from test_pose_canvas import TWO as PEOPLE

STEPS = 3  # of the host: it also counts that a node has grown to its content
EDIT = (".", "ArrowRight")  # selects the first box, person or point, and moves it


@dataclass(frozen=True)
class Canvas:
    node: str
    widget: str
    value: str
    place: Callable[[Editor, tuple[float, float]], tuple[float, float]]
    """Page pixels of a place on it"""
    grip: tuple[float, float]
    """Something to drag, to the place `to`"""
    to: tuple[float, float]
    full_screen: str
    copied: str
    """Its commands: keys, and id"""


def on_layout(editor, place):
    return editor.at(*place)


def on_plot(editor, place):
    return Plot(editor).at(*place)


CANVASES = {
    "layout": Canvas(
        *("GLIGEN_Layout", "layout", BOXES, on_layout, (0.25, 0.25), (0.3, 0.33)),
        *("Alt+Shift+B", "GLIGEN.Boxes.Copy"),
    ),
    "poses": Canvas(
        *("GLIGEN_Poses", "poses", PEOPLE, on_layout, (0.3, 0.276), (0.35, 0.33)),
        *("Alt+Shift+P", "GLIGEN.Poses.Copy"),
    ),
    "gate": Canvas(
        *("GLIGEN_GateCurve", "gate", CURVE, on_plot, (0.5, 0.5), (0.6, 0.7)),
        *("Alt+Shift+C", "GLIGEN.Gate.Copy"),
    ),
}


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


def sent(desk, node, canvas):
    """The text that the API prompt has."""
    return desk.prompt()[str(node)]["inputs"][canvas.widget]


def saved(desk):
    return [node["widgets_values"][0] for node in desk.saved()["nodes"]]


def edit(editor):
    editor.focus()
    editor.press(*EDIT)


@pytest.mark.parametrize("tool", ["mouse", "pen", "finger"])
def test_mouse_pen_and_finger_drag(desk, node, editor, canvas, tool):
    pressed_with = "(canvas) => canvas.addEventListener('pointerdown',"
    pressed_with += " (event) => { window.pressedWith = event.pointerType; }, { once: true })"
    editor.canvas.evaluate(pressed_with)
    (x0, y0), (x1, y1) = canvas.grip, canvas.to
    way = [(x0 + (x1 - x0) * part / 5, y0 + (y1 - y0) * part / 5) for part in range(6)]
    editor.stroke(tool, [canvas.place(editor, place) for place in way])
    assert desk.page.evaluate("window.pressedWith") == ("touch" if tool == "finger" else tool)
    assert json.loads(sent(desk, node, canvas)) != json.loads(canvas.value)
    editor.press("Control+z")  # it was one step
    assert json.loads(sent(desk, node, canvas)) == json.loads(canvas.value)


def test_the_hosts_own_undo_gives_the_value_back(desk, node, editor, canvas):
    desk.load(desk.saved())  # undo is a workflow's, and an empty page has none
    editor = desk.editor(node, canvas.widget)
    edit(editor)
    edited = sent(desk, node, canvas)
    assert edited != canvas.value
    for keys, expected in (("Control+z", canvas.value), ("Control+y", edited)):
        for _ in range(STEPS):
            desk.page.evaluate("document.activeElement.blur()")
            desk.page.keyboard.press(keys)
            desk.settle(60)
            if saved(desk) == [expected]:
                break
        assert saved(desk) == [expected]
    desk.editor(node, canvas.widget)  # a new one, for the host has made the node anew


def test_a_copy_of_the_node_and_a_subgraph_have_the_value(desk, node, editor, canvas):
    edit(editor)
    edited = sent(desk, node, canvas)
    desk.page.evaluate(
        "(id) => { const { canvas, graph } = window.app; canvas.selectNode(graph.getNodeById(id));"
        " canvas.copyToClipboard(); canvas.pasteFromClipboard(); }",
        node,
    )
    desk.settle(8)
    assert saved(desk) == [edited, edited]
    for number, name in enumerate(saved_ids(desk)):
        shown = desk.add("PreviewAny", (700, 40 + 200 * number))
        desk.connect(name, 0, shown, "source")
    desk.page.evaluate(
        "(id) => { const { graph } = window.app;"
        " graph.convertToSubgraph(new Set([graph.getNodeById(id)])); }",
        node,
    )
    desk.settle(10)
    prompt = desk.prompt().values()
    ours = [each["inputs"][canvas.widget] for each in prompt if each["class_type"] == canvas.node]
    assert ours == [edited, edited]
    assert any(":" in path for path in desk.prompt())  # one of them is inside


def saved_ids(desk):
    return [node["id"] for node in desk.saved()["nodes"]]


def test_two_nodes_keep_to_themselves(desk, node, editor, canvas):
    other = desk.add(canvas.node, (680, 20), **{canvas.widget: canvas.value})
    second = desk.editor(other, canvas.widget)
    edit(editor)
    assert sent(desk, node, canvas) != canvas.value
    assert sent(desk, other, canvas) == canvas.value
    edit(second)
    second.press("Control+z", "Control+z")
    assert sent(desk, node, canvas) != canvas.value
    assert json.loads(sent(desk, other, canvas)) == json.loads(canvas.value)


def test_full_screen_by_its_keys_and_back(desk, node, editor, canvas):
    small = editor.canvas.bounding_box()["width"]
    editor.focus()
    desk.page.evaluate("document.activeElement.blur()")
    editor.press(canvas.full_screen)
    desk.settle(8)
    assert desk.page.evaluate("document.querySelector('dialog.gligen-full-screen').open")
    assert editor.canvas.bounding_box()["width"] > 1.5 * small
    edit(editor)
    editor.press("f")
    desk.settle(8)
    assert desk.page.query_selector("dialog.gligen-full-screen") is None
    assert editor.canvas.bounding_box()["width"] == pytest.approx(small, abs=2)
    assert sent(desk, node, canvas) != canvas.value


def test_the_value_as_text_is_copied_and_typed(desk, node, editor, canvas):
    edit(editor)
    editor.press("Escape")
    desk.page.evaluate("(id) => window.app.extensionManager.command.execute(id)", canvas.copied)
    desk.page.wait_for_function(
        "async (text) => await navigator.clipboard.readText() === text",
        arg=sent(desk, node, canvas),
    )
    editor.button("Value as JSON").click()
    area = editor.handle.query_selector("textarea")
    assert area.input_value() == sent(desk, node, canvas)
    area.fill(canvas.value)
    editor.handle.query_selector(".gligen-text-button").click()
    assert sent(desk, node, canvas) == canvas.value
    assert editor.canvas.is_visible()


@pytest.mark.parametrize("text", ["{oops", "7", '{"version": 9}'])
def test_broken_text_opens_shows_itself_and_loses_nothing(desk, node, editor, canvas, text):
    workflow = desk.saved()
    workflow["nodes"][0]["widgets_values"] = [text]
    desk.load(workflow)
    editor = desk.editor(node, canvas.widget)
    assert editor.handle.query_selector("textarea").input_value() == text
    assert editor.handle.query_selector('[role="alert"]').inner_text()
    assert saved(desk) == [text] == [sent(desk, node, canvas)]
    shown = desk.add("PreviewAny", (700, 40))
    desk.connect(node, 0, shown, "source")
    desk.page.evaluate("window.app.queuePrompt(0)")
    refusal = desk.page.wait_for_function(
        "(id) => window.app.lastNodeErrors?.[id]?.errors[0].details", arg=str(node)
    ).json_value()
    desk.settle()
    assert refusal in editor.handle.query_selector(".gligen-warning").inner_text()
    desk.close_dialogs()
    desk.expect_mistake("PromptExecutionError")
    editor.handle.query_selector("textarea").fill(canvas.value)
    editor.handle.query_selector(".gligen-text-button").click()
    assert sent(desk, node, canvas) == canvas.value
    assert not editor.handle.query_selector(".gligen-warning").is_visible()


REDRAWS = """async (canvas, [from, to]) => {
  const context = canvas.getContext("2d");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const send = (type, [clientX, clientY]) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, pointerId: 1, isPrimary: true, button: 0, buttons: 1, clientX, clientY,
    pointerType: "mouse" }));
  canvas.setPointerCapture = () => {};  // a made-up pointer can't be captured
  let drawn = 0;
  const clear = context.clearRect.bind(context);
  context.clearRect = (...area) => { drawn++; clear(...area); };
  const counts = [];
  send("pointerdown", from);
  await frame(); await frame();
  for (let round = 1; round < 4; round++) {
    drawn = 0;
    for (let move = 0; move < 10; move++) send("pointermove", [to[0] + round, to[1] + move]);
    await frame(); await frame();
    counts.push(drawn);
  }
  send("pointerup", to);
  delete context.clearRect;
  delete canvas.setPointerCapture;
  return counts;
}"""


def test_many_moves_in_one_frame_are_one_redraw(desk, node, editor, canvas):
    way = [canvas.place(editor, place) for place in (canvas.grip, canvas.to)]
    assert editor.canvas.evaluate(REDRAWS, way) == [1, 1, 1]
    assert sent(desk, node, canvas) != canvas.value
