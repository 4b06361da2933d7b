"""The layout canvas in the host's page, as a person works it."""

import copy
import json

import pytest
from desk import LAYOUT_NODE

EMPTY = '{"version": 1, "width": 512, "height": 512, "entities": []}'
TWO = json.dumps(
    {
        "version": 1,
        "width": 512,
        "height": 512,
        "mood": "calm",
        "entities": [
            {"id": "a", "text": "a red ball", "box": [0.1, 0.1, 0.4, 0.4], "tags": ["x"]},
            {"id": "b", "text": "a blue cup", "box": [0.6, 0.6, 0.9, 0.9]},
        ],
    }
)


@pytest.fixture
def node(desk):
    """An empty Layout node in sight."""
    return desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)


@pytest.fixture
def editor(desk, node):
    return desk.editor(node)


def boxes(layout):
    return {entity["text"]: entity["box"] for entity in layout["entities"]}


def near(box, expected, tolerance=0.012):
    """A drag is placed in whole pixels of the screen."""
    return all(abs(a - b) <= tolerance for a, b in zip(box, expected, strict=True))


def test_two_boxes_are_drawn_named_undone_redone_saved_and_sent(desk, node, editor):
    editor.draw((0.1, 0.15), (0.4, 0.6), "a red ball")
    editor.draw((0.55, 0.2), (0.9, 0.45), "a blue cup")
    drawn = boxes(desk.layout(node))
    assert near(drawn["a red ball"], [0.1, 0.15, 0.4, 0.6])
    assert near(drawn["a blue cup"], [0.55, 0.2, 0.9, 0.45])
    assert editor.phrases() == ["a red ball", "a blue cup"]

    editor.focus()
    editor.press("Control+z", "Control+z")  # its name, then the box
    assert list(boxes(desk.layout(node))) == ["a red ball"]
    editor.press("Control+y", "Control+Shift+z")
    assert boxes(desk.layout(node)) == drawn

    (saved,) = desk.saved()["nodes"]
    assert boxes(json.loads(saved["widgets_values"][0])) == drawn


def test_a_reload_brings_back_what_was_saved(desk, node, editor):
    editor.draw((0.1, 0.15), (0.4, 0.6), "a red ball")
    before = desk.saved()["nodes"][0]["widgets_values"]
    desk.reload()
    assert desk.saved()["nodes"][0]["widgets_values"] == before
    assert desk.editor(node).phrases() == ["a red ball"]


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_places_stay_right_when_the_graph_is_zoomed(desk, node, editor, scale):
    desk.look(scale, 60, 60 if scale < 1 else -60)
    editor.draw((0.1, 0.2), (0.5, 0.7), "a ball")
    assert near(boxes(desk.layout(node))["a ball"], [0.1, 0.2, 0.5, 0.7], 0.02)


def test_boxes_are_moved_and_resized_by_hand(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    editor = desk.editor(node)
    desk.set("GLIGEN.Boxes.Snap", False)
    editor.drag((0.3, 0.3), (0.4, 0.35))
    assert near(boxes(desk.layout(node))["a red ball"], [0.2, 0.15, 0.5, 0.45])
    editor.drag((0.5, 0.45), (0.6, 0.6))  # its south-east handle
    assert near(boxes(desk.layout(node))["a red ball"], [0.2, 0.15, 0.6, 0.6])
    editor.drag((0.2, 0.375), (0.1, 0.2))  # its west handle: no other edge moves
    assert near(boxes(desk.layout(node))["a red ball"], [0.1, 0.15, 0.6, 0.6])


def test_a_box_snaps_to_its_neighbour_unless_ctrl_is_held(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    editor = desk.editor(node)
    editor.drag((0.25, 0.25), (0.255, 0.752))
    assert boxes(desk.layout(node))["a red ball"][1::2] == [0.6, 0.9]  # its top and bottom
    editor.press("Control+z")
    x, y = editor.at(0.25, 0.25)
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.keyboard.down("Control")
    desk.page.mouse.move(*editor.at(0.255, 0.752), steps=4)
    desk.page.mouse.up()
    desk.page.keyboard.up("Control")
    assert boxes(desk.layout(node))["a red ball"][1] not in (0.6, 0.1)


def test_a_group_is_caught_and_moved(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    editor = desk.editor(node)
    editor.drag((0.05, 0.5), (0.95, 0.3), modifiers=["Shift"])
    editor.drag((0.95, 0.5), (0.5, 0.95), modifiers=["Shift"])
    assert "2" in editor.status
    editor.press("ArrowRight", "ArrowRight", "Shift+ArrowDown")
    moved = boxes(desk.layout(node))
    assert near(moved["a red ball"], [0.12, 0.101, 0.42, 0.401], 1e-6)
    assert near(moved["a blue cup"], [0.62, 0.601, 0.92, 0.901], 1e-6)
    editor.press("Control+z")  # arrow keys in a row are one step
    assert near(boxes(desk.layout(node))["a red ball"], [0.1, 0.1, 0.4, 0.4], 1e-6)


def test_everything_goes_by_keyboard_alone(desk, node, editor):
    editor.focus()
    editor.press("n")
    desk.page.keyboard.type("a red ball")
    editor.press("Enter", "ArrowLeft", "Alt+ArrowDown")
    [entity] = desk.layout(node)["entities"]
    assert near(entity["box"], [0.34, 0.35, 0.64, 0.66], 1e-4)
    editor.press("Control+d", "F2")
    desk.page.keyboard.type("a copy")
    editor.press("Enter", "[", "l", ",", "h")
    entities = desk.layout(node)["entities"]
    assert [entity["text"] for entity in entities] == ["a copy", "a red ball"]
    assert entities[0].get("locked") is True
    assert entities[1].get("hidden") is True
    editor.press("h", "Delete")
    assert [entity["text"] for entity in desk.layout(node)["entities"]] == ["a copy"]
    editor.press("Escape", ".", "Delete")  # a locked one stays
    assert len(desk.layout(node)["entities"]) == 1


def test_every_control_has_a_name_and_can_be_reached(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    editor = desk.editor(node)
    editor.focus()
    editor.press(".")
    nameless = editor.handle.evaluate(
        "(editor) => [...editor.querySelectorAll('button, input, select, textarea, canvas')]"
        ".filter((control) => !control.getAttribute('aria-label')"
        "  && !control.labels?.length && !control.textContent.trim()).length"
    )
    assert nameless == 0
    editor.handle.query_selector('[role="toolbar"] button[tabindex="0"]').focus()
    reached = set()
    for _ in range(12):
        reached.add(desk.page.evaluate("document.activeElement.getAttribute('aria-label')"))
        editor.press("ArrowRight")
    assert reached >= {"New box", "Zoom in", "Full screen"}


def test_copy_and_paste_between_nodes_and_as_text(desk, node):
    other = desk.add(LAYOUT_NODE, (620, 40), layout=EMPTY)
    desk.load(workflow_of(desk, node, TWO))
    source, target = desk.editor(node), desk.editor(other)
    source.focus()
    source.press("Control+a", "Control+c")
    text = desk.page.evaluate("navigator.clipboard.readText()")
    assert boxes(json.loads(text)) == boxes(json.loads(TWO))
    target.focus()
    target.press("Control+v")
    assert boxes(desk.layout(other)) == boxes(json.loads(TWO))
    assert len(desk.saved()["nodes"]) == 2  # the host pasted no nodes
    target.press("Control+x")
    assert desk.layout(other)["entities"] == []
    desk.page.evaluate(
        "navigator.clipboard.writeText(JSON.stringify([{text: 'a tree', box: [0, 0, 0.5, 1]}]))"
    )
    target.press("Control+v")
    assert boxes(desk.layout(other)) == {"a tree": [0, 0, 0.5, 1]}


def test_two_nodes_keep_to_themselves(desk, node, editor):
    other = desk.add(LAYOUT_NODE, (620, 40), layout=EMPTY)
    second = desk.editor(other)
    editor.draw((0.1, 0.1), (0.4, 0.4), "mine")
    second.draw((0.5, 0.5), (0.9, 0.9), "yours")
    assert list(boxes(desk.layout(node))) == ["mine"]
    assert list(boxes(desk.layout(other))) == ["yours"]
    editor.focus()
    editor.press("Control+z", "Control+z")
    assert desk.layout(node)["entities"] == []
    assert list(boxes(desk.layout(other))) == ["yours"]


def test_the_value_survives_a_copy_of_the_node_and_the_hosts_undo(desk, node, editor):
    editor.draw((0.1, 0.1), (0.4, 0.4), "a ball")
    desk.page.evaluate(
        "(id) => { const { canvas, graph } = window.app; canvas.selectNode(graph.getNodeById(id));"
        " canvas.copyToClipboard(); canvas.pasteFromClipboard(); }",
        node,
    )
    desk.settle(8)
    values = [saved["widgets_values"][0] for saved in desk.saved()["nodes"]]
    assert len(values) == 2
    assert values[0] == values[1]


def test_a_subgraph_gives_the_same_value(desk, node, editor):
    editor.draw((0.1, 0.1), (0.4, 0.4), "a ball")
    before = desk.layout(node)
    shown = desk.add("PreviewAny", (700, 40))
    desk.connect(node, 0, shown, "source")
    desk.page.evaluate(
        "(id) => { const { graph } = window.app;"
        " graph.convertToSubgraph(new Set([graph.getNodeById(id)])); }",
        node,
    )
    desk.settle(10)
    inside = [inputs for inputs in desk.prompt().values() if inputs["class_type"] == LAYOUT_NODE]
    assert [json.loads(node["inputs"]["layout"]) for node in inside] == [before]


@pytest.mark.parametrize(
    "text", ["{oops", '{"version": 1, "entities": [{"text": "a", "box": [1, 0, 0, 1]}]}', "7"]
)
def test_a_broken_value_opens_shows_itself_and_loses_nothing(desk, node, text):
    desk.load(workflow_of(desk, node, text))
    editor = desk.editor(node)
    area = editor.handle.query_selector("textarea")
    assert area.input_value() == text
    assert editor.handle.query_selector('[role="alert"]').inner_text()
    assert desk.saved()["nodes"][0]["widgets_values"][0] == text
    assert desk.prompt()[str(node)]["inputs"]["layout"] == text
    area.fill(TWO)
    editor.handle.query_selector("button.gligen-text-button").click()
    desk.settle()
    assert editor.phrases() == ["a red ball", "a blue cup"]
    assert desk.saved()["nodes"][0]["widgets_values"][0] == TWO


def test_unknown_fields_and_the_text_itself_are_kept(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    assert desk.saved()["nodes"][0]["widgets_values"][0] == TWO
    editor = desk.editor(node)
    editor.focus()
    editor.press(".", "ArrowRight")
    layout = desk.layout(node)
    assert layout["mood"] == "calm"
    assert layout["entities"][0]["tags"] == ["x"]


def test_the_list_edits_what_the_canvas_shows(desk, node):
    desk.load(workflow_of(desk, node, TWO))
    editor = desk.editor(node)
    editor.click(0.75, 0.75)
    row = editor.handle.query_selector(".gligen-selected")
    row.query_selector(".gligen-phrase").fill("a green cup")
    row.query_selector('.gligen-strength input[type="number"]').fill("0.4")
    row.query_selector('label:not(.gligen-strength) input[type="number"]').fill("2")
    [_, entity] = desk.layout(node)["entities"]
    assert (entity["text"], entity["strength"], entity["image"]) == ("a green cup", 0.4, 2)
    row.query_selector('button[aria-label="Earlier in the list"]').click()
    assert [entity["id"] for entity in desk.layout(node)["entities"]] == ["b", "a"]


def test_the_canvas_takes_the_layouts_shape(desk, node, editor):
    width = editor.handle.query_selector('input[aria-label="Width in pixels"]')
    width.fill("1024")
    width.press("Enter")
    desk.settle()
    editor.draw((0.5, 0.25), (0.9, 0.75), "a boat", aspect=2)
    layout = desk.layout(node)
    assert (layout["width"], layout["height"]) == (1024, 512)
    assert near(boxes(layout)["a boat"], [0.5, 0.25, 0.9, 0.75], 0.02)


def test_full_screen_and_back(desk, node, editor):
    editor.focus()
    editor.press("f")
    assert desk.page.evaluate("document.querySelector('dialog.gligen-full-screen').open")
    assert editor.canvas.bounding_box()["width"] > 900
    editor.draw((0.2, 0.2), (0.6, 0.6), "a big ball")
    editor.focus()
    editor.press("f")
    desk.settle(8)
    assert desk.page.query_selector("dialog.gligen-full-screen") is None
    assert editor.canvas.bounding_box()["width"] < 600
    assert near(boxes(desk.layout(node))["a big ball"], [0.2, 0.2, 0.6, 0.6])


def test_zoom_and_pan_of_the_canvas_itself(desk, node, editor):
    editor.focus()
    desk.page.mouse.move(*editor.at(0.5, 0.5))
    desk.page.mouse.wheel(0, -400)
    desk.settle()
    zoomed = editor.at(0.5, 0.5)
    editor.drag((0.5, 0.5), (0.6, 0.6), button="middle")
    assert desk.layout(node)["entities"] == []  # panning draws nothing
    editor.press("0")
    editor.draw((0.1, 0.1), (0.3, 0.3), "a ball")
    assert near(boxes(desk.layout(node))["a ball"], [0.1, 0.1, 0.3, 0.3])
    assert zoomed == editor.at(0.5, 0.5)  # the node itself did not move


def test_a_finger_draws_and_two_fingers_zoom(desk, node, editor):
    touch = desk.page.context.new_cdp_session(desk.page)

    def fingers(kind, *places):
        points = [dict(zip("xy", editor.at(*place), strict=True)) for place in places]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (0.2, 0.2))
    for step in range(1, 6):
        fingers("touchMove", (0.2 + step * 0.08, 0.2 + step * 0.1))
    fingers("touchEnd")
    desk.page.keyboard.type("a ball")
    editor.press("Enter")
    assert near(boxes(desk.layout(node))["a ball"], [0.2, 0.2, 0.6, 0.7])

    fingers("touchStart", (0.4, 0.8))
    fingers("touchStart", (0.4, 0.8), (0.6, 0.8))
    for step in range(1, 6):
        fingers("touchMove", (0.4 - step * 0.04, 0.8), (0.6 + step * 0.04, 0.8))
    fingers("touchEnd")
    assert len(desk.layout(node)["entities"]) == 1
    touch.detach()


def test_the_server_error_lands_on_its_box(desk, node, editor):
    editor.draw((0.1, 0.1), (0.4, 0.4), "a ball")
    editor.draw((0.5, 0.5), (0.9, 0.9), "")
    shown = desk.add("PreviewAny", (700, 40))
    desk.connect(node, 0, shown, "source")
    desk.page.evaluate("window.app.queuePrompt(0)")
    desk.page.wait_for_function("document.querySelector('.gligen-warning:not([hidden])')")
    assert "entity 2" in editor.handle.query_selector(".gligen-warning").inner_text()
    assert editor.handle.query_selector_all(".gligen-row.gligen-selected.gligen-refused")
    desk.close_dialogs()
    desk.expect_mistake("PromptExecutionError")
    editor.click(0.7, 0.7)
    editor.press("F2")
    desk.page.keyboard.type("a cup")
    editor.press("Enter")
    assert not editor.handle.query_selector(".gligen-warning").is_visible()


def workflow_of(desk, node, text):
    """What is in the graph now, with that value in one Layout node."""
    workflow = copy.deepcopy(desk.saved())
    for saved in workflow["nodes"]:
        if str(saved["id"]) == str(node):
            saved["widgets_values"] = [text]
    return workflow
