"""What the pack brings to the page beside its canvases: language, settings, commands, badge."""

import json
from pathlib import Path

import pytest
from desk import LAYOUT_NODE, choose

EMPTY = '{"version": 1, "width": 512, "height": 512, "entities": []}'


LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture
def french(desk):
    """A language that the newest page offers; German, for one, it does not."""
    choose(desk.address, **{"Comfy.Locale": "fr", "Comfy.VueNodes.Enabled": desk.nodes2})
    desk.arrive()
    yield desk
    choose(desk.address, **{"Comfy.Locale": "en", "Comfy.VueNodes.Enabled": desk.nodes2})
    desk.arrive()


def test_canvases_speak_the_persons_language(french):
    texts = json.loads((LOCALES / "fr" / "main.json").read_text(encoding="utf-8"))["gligen"]
    node = french.add("GLIGEN_GateCurve", (20, 40))
    editor = french.editor(node, "gate")
    assert editor.button(texts["undo"])
    assert editor.canvas.get_attribute("aria-label") == texts["gate"]["canvas"]


def test_settings_of_grid_and_colours_hold_on_the_canvas(desk):
    desk.set("GLIGEN.Boxes.Grid", 8)
    desk.set("GLIGEN.Boxes.Colours", "#123456")
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    editor = desk.editor(node)
    editor.draw((0.128, 0.128), (0.372, 0.622), "a ball")
    [entity] = desk.layout(node)["entities"]
    assert entity["box"] == [0.125, 0.125, 0.375, 0.625]
    swatch = editor.handle.query_selector('.gligen-row input[type="color"]')
    assert swatch.input_value() == "#123456"


def test_a_command_with_its_keys_works_on_the_selected_node(desk):
    nodes = [desk.add(LAYOUT_NODE, (20 + x, 40), layout=EMPTY) for x in (0, 620)]
    desk.page.evaluate(
        "(id) => window.app.canvas.selectNode(window.app.graph.getNodeById(id))", nodes[0]
    )
    desk.page.keyboard.press("Alt+Shift+N")
    desk.settle()
    desk.page.keyboard.type("a ball")
    desk.page.keyboard.press("Enter")
    assert [e["text"] for e in desk.layout(nodes[0])["entities"]] == ["a ball"]
    assert desk.layout(nodes[1])["entities"] == []


def test_a_box_in_a_colour_of_its_own(desk):
    one = {"text": "a ball", "box": [0.2, 0.2, 0.6, 0.6]}
    value = json.dumps({"version": 1, "entities": [one]})
    node = desk.add(LAYOUT_NODE, (20, 40), layout=value)
    editor = desk.editor(node)
    editor.handle.query_selector('.gligen-row input[type="color"]').fill("#aabbcc")
    assert desk.layout(node)["entities"][0]["colour"] == "#aabbcc"


def test_the_about_page_has_the_badge(desk):
    desk.page.evaluate("window.app.extensionManager.command.execute('Comfy.Help.AboutComfyUI')")
    badge = desk.page.wait_for_selector('a:has-text("GLIGEN Grounding")')
    assert badge.get_attribute("href").startswith("https://")
    desk.close_dialogs()
