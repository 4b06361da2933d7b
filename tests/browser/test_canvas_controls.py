"""The menu of the right button, the list by keyboard, labels, and what a new node shows."""

import json

import pytest
from desk import LAYOUT_NODE
from test_gate_canvas import CURVE, Plot
from test_layout_canvas import EMPTY, TWO, boxes
from test_pose_canvas import TWO as PEOPLE

HEX = {"red": "#ff0000", "yellow": "#ffee00"}
NARROW = {"text": "a very long phrase for a narrow box", "box": [0.1, 0.1, 0.2, 0.4]}


@pytest.fixture
def node(desk):
    return desk.add(LAYOUT_NODE, (20, 40), layout=TWO)


@pytest.fixture
def editor(desk, node):
    return desk.editor(node)


def items(editor):
    """What the menu offers: label -> its button."""
    buttons = editor.handle.query_selector_all('.gligen-menu [role^="menuitem"]')
    return {each.query_selector("span").inner_text(): each for each in buttons}


def choose(editor, label):
    items(editor)[label].click()
    editor.desk.settle()


def focused(desk):
    return desk.page.evaluate(
        "[document.activeElement.ariaLabel, document.activeElement.value ?? null]"
    )


def test_the_right_button_offers_what_can_be_done_with_a_box(desk, node, editor):
    editor.click(0.25, 0.25, button="right")
    assert {"Duplicate", "Copy", "Cut", "Paste", "Delete", "Lock"} <= set(items(editor))
    choose(editor, "Duplicate")
    assert [e["text"] for e in desk.layout(node)["entities"]].count("a red ball") == 2
    editor.press("Control+z")  # the canvas has the focus again
    editor.click(0.25, 0.25, button="right")
    choose(editor, "Later in the list")
    assert list(boxes(desk.layout(node))) == ["a blue cup", "a red ball"]
    editor.click(0.25, 0.25, button="right")
    choose(editor, "Lock")
    assert desk.layout(node)["entities"][1]["locked"] is True
    editor.click(0.25, 0.25, button="right")
    choose(editor, "✓ Lock")
    assert "locked" not in desk.layout(node)["entities"][1]
    editor.click(0.25, 0.25, button="right")
    choose(editor, "Delete")
    assert list(boxes(desk.layout(node))) == ["a blue cup"]
    assert len(desk.saved()["nodes"]) == 1  # the host's own menu had no part in it


def test_the_menu_copies_cuts_and_pastes_by_the_systems_clipboard(desk, node, editor):
    editor.click(0.25, 0.25, button="right")
    choose(editor, "Cut")
    assert list(boxes(desk.layout(node))) == ["a blue cup"]
    desk.page.wait_for_function(
        "async () => (await navigator.clipboard.readText()).includes('a red ball')"
    )
    editor.click(0.5, 0.5, button="right")
    assert items(editor)["Copy"].is_disabled()  # nothing lies there
    choose(editor, "Paste")
    desk.settle(10)
    assert boxes(desk.layout(node))["a red ball"] == [0.1, 0.1, 0.4, 0.4]


def test_the_menu_by_keyboard(desk, node, editor):
    editor.focus()
    editor.press(".", "ContextMenu")
    assert desk.page.evaluate("document.activeElement.textContent").startswith("Duplicate")
    editor.press("ArrowDown", "End")
    assert desk.page.evaluate("document.activeElement.textContent").startswith("Delete")
    editor.press("Escape")
    assert items(editor) == {}
    assert desk.page.evaluate("document.activeElement.className") == "gligen-canvas"
    editor.press("ContextMenu", "End", "Enter")
    assert list(boxes(desk.layout(node))) == ["a blue cup"]


def test_the_right_button_offers_what_can_be_done_with_a_person(desk):
    node = desk.add("GLIGEN_Poses", (20, 40), poses=PEOPLE)
    editor = desk.editor(node, "poses")
    before = desk.layout(node, "poses")["poses"]
    editor.click(0.3, 0.276, button="right")
    assert {"Duplicate", "Mirror", "Copy", "Cut", "Paste"} <= set(items(editor))
    choose(editor, "Later in the list")
    assert desk.layout(node, "poses")["poses"] == before[::-1]
    editor.click(0.3, 0.276, button="right")
    [delete] = [label for label in items(editor) if label.startswith("Delete")]
    choose(editor, delete)
    assert desk.layout(node, "poses")["poses"] == before[1:]


def test_the_right_button_offers_what_can_be_done_with_a_curve(desk):
    node = desk.add("GLIGEN_GateCurve", (20, 40), gate=CURVE)
    editor = desk.editor(node, "gate")
    points = json.loads(CURVE)["points"]
    desk.page.mouse.click(*Plot(editor).at(*points[1]), button="right")
    desk.settle()
    choose(editor, "Copy")
    desk.page.wait_for_function(
        "async (text) => (await navigator.clipboard.readText()) === text", arg=CURVE
    )
    desk.page.mouse.click(*Plot(editor).at(*points[1]), button="right")
    desk.settle()
    choose(editor, "Delete the point")
    assert len(desk.layout(node, "gate")["points"]) == len(points) - 1
    editor.press("ContextMenu")
    choose(editor, "Paste")
    desk.settle(10)
    assert desk.layout(node, "gate")["points"] == points


TAB_STOPS = (
    "(part) => [...part.querySelectorAll('button, input, select')]"
    ".filter((control) => control.tabIndex >= 0 && control.checkVisibility()).length"
)


def test_the_list_is_one_stop_of_the_tab_key_walked_by_arrows(desk, node, editor):
    rows = editor.handle.query_selector(".gligen-list")
    assert rows.evaluate(TAB_STOPS) == 1
    editor.click(0.75, 0.75)
    assert rows.evaluate(TAB_STOPS) == 1
    rows.query_selector('[tabindex="0"]').focus()
    assert focused(desk) == ["What goes here?", "a blue cup"]  # of the one that is selected
    editor.press("ArrowUp")
    assert focused(desk) == ["What goes here?", "a red ball"]
    assert "a red ball" in editor.status  # and it is selected now
    editor.press("ArrowLeft")  # from the middle of a text: in the text
    editor.press("End", "ArrowRight", "ArrowRight")
    assert focused(desk)[0] == "Lock"
    editor.press("ArrowDown", "Enter")
    assert [e.get("locked") for e in desk.layout(node)["entities"]] == [None, True]
    editor.press("ArrowRight", "ArrowRight", "ArrowDown")  # a number field keeps its own keys
    assert desk.layout(node)["entities"][1]["strength"] == 0.95
    assert rows.evaluate(TAB_STOPS) == 1
    editor.press("Escape")
    assert desk.page.evaluate("document.activeElement.className") == "gligen-canvas"


def test_people_and_joints_are_one_stop_each(desk):
    node = desk.add("GLIGEN_Poses", (20, 40), poses=PEOPLE)
    editor = desk.editor(node, "poses")
    editor.focus()
    editor.press(".")
    people = editor.handle.query_selector(".gligen-people")
    joints = editor.handle.query_selector(".gligen-joints table")
    assert people.evaluate(TAB_STOPS) == joints.evaluate(TAB_STOPS) == 1
    people.query_selector('[tabindex="0"]').focus()
    editor.press("ArrowDown", "Enter")
    assert "Person 2" in editor.status
    joints.query_selector('[tabindex="0"]').focus()
    editor.press("ArrowDown", "ArrowRight", "Enter")
    left_eye = desk.layout(node, "poses")["poses"][1]["joints"][1]
    assert left_eye[2] == 0


def colour_at(editor, place):
    """Red, green and blue of one place on the canvas."""
    left, top = editor.at(*place)
    return tuple(
        editor.canvas.evaluate(
            "(canvas, [left, top]) => { const bounds = canvas.getBoundingClientRect();"
            " const scale = canvas.width / bounds.width;"
            " return [...canvas.getContext('2d').getImageData((left - bounds.left) * scale,"
            "   (top - bounds.top) * scale, 1, 1).data].slice(0, 3); }",
            [left, top],
        )
    )


def test_a_label_is_cut_at_its_box_unless_it_is_pointed_at_or_selected(desk):
    thing = NARROW | {"colour": HEX["red"]}
    node = desk.add(LAYOUT_NODE, (20, 40), layout=json.dumps({"version": 1, "entities": [thing]}))
    editor = desk.editor(node)
    desk.page.mouse.move(5, 5)
    desk.settle(10)
    beyond, within = (0.215, 0.112), (0.11, 0.125)
    paper = colour_at(editor, (0.6, 0.8))
    assert colour_at(editor, beyond) == paper
    assert colour_at(editor, within) == (255, 0, 0)
    desk.page.mouse.move(*editor.at(0.15, 0.3))
    desk.settle(10)
    assert colour_at(editor, beyond) != paper
    editor.click(0.15, 0.3)
    desk.page.mouse.move(5, 5)
    desk.settle(10)
    assert colour_at(editor, beyond) != paper
    editor.press("Escape")
    assert colour_at(editor, beyond) == paper


@pytest.mark.parametrize("colour, ink", [("#ffee00", 0), ("#202020", 255)])
def test_a_label_can_be_read_on_any_colour(desk, colour, ink):
    thing = {"text": "MMMMMMMM", "box": [0.1, 0.1, 0.6, 0.6], "colour": colour}
    node = desk.add(LAYOUT_NODE, (20, 40), layout=json.dumps({"version": 1, "entities": [thing]}))
    editor = desk.editor(node)
    desk.settle(10)
    line = [colour_at(editor, (0.1 + 0.002 * n, 0.12)) for n in range(60)]
    assert any(max(abs(channel - ink) for channel in pixel) < 60 for pixel in line)


def test_a_new_layout_is_empty_and_invites(desk):
    node = desk.add(LAYOUT_NODE, (20, 40))
    editor = desk.editor(node)
    desk.settle(10)
    assert desk.layout(node)["entities"] == [] and editor.phrases() == []
    paper = colour_at(editor, (0.5, 0.85))
    row = [colour_at(editor, (0.3 + 0.002 * n, 0.5)) for n in range(200)]
    assert sum(pixel != paper for pixel in row) > 20  # words across the middle
    editor.draw((0.1, 0.1), (0.4, 0.9), "a ball")
    assert len(desk.layout(node)["entities"]) == 1


def test_new_people_stand_beside_one_another(desk):
    node = desk.add("GLIGEN_Poses", (20, 40), poses=EMPTY.replace("]}", '], "poses": []}'))
    editor = desk.editor(node, "poses")
    editor.focus()
    editor.press("n", "n", "n")
    spans = []
    for pose in desk.layout(node, "poses")["poses"]:
        across = [x for x, _, visible in pose["joints"] if visible]
        spans.append((min(across), max(across)))
    first, second, third = sorted(spans)
    assert first[1] < second[0] and second[1] < third[0]
