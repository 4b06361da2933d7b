"""A canvas and the graph around it: results of its own, reference pictures, colours of sockets."""

import json
from uuid import uuid4

import pytest
from desk import LAYOUT_NODE, run
from test_layout_runs import EMPTY, beneath, wait_for_colour

GREEN, RED = 0x00FF00, 0xFF0000
UPLOAD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, 8, 8);
  const blob = await new Promise((done) => canvas.toBlob(done));
  const body = new FormData();
  body.append("image", new File([blob], "gligen_red.png", { type: "image/png" }));
  body.append("overwrite", "true");
  await window.comfyAPI.api.api.fetchApi("/upload/image", { method: "POST", body });
}"""


def picture_of(desk, source, at, color):
    """A picture whose width a layout tells, shown by its own node."""
    picture, shown = desk.add("EmptyImage", at, color=color), desk.add("PreviewImage", at)
    if source is not None:
        desk.connect(source, 1, picture, "width")
    desk.connect(picture, 0, shown, "images")


def is_offered(editor):
    return not beneath(editor).query_selector('option[value="last"]').evaluate("(o) => o.disabled")


def test_the_last_result_is_the_picture_of_this_layout_and_no_overlay(desk):
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    picture_of(desk, node, (680, 40), GREEN)
    picture_of(desk, None, (680, 300), RED)  # runs later, and is none of this layout's
    overlay = desk.add("GLIGEN_PreviewLayout", (680, 500))
    desk.connect(node, 0, overlay, "layout")
    shown = desk.add("PreviewImage", (980, 500))
    desk.connect(overlay, 0, shown, "images")
    editor = desk.editor(node)
    run(desk)
    beneath(editor).select_option("last")
    wait_for_colour(editor, "green")


def test_without_a_picture_of_its_own_there_is_no_last_result(desk):
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    picture_of(desk, None, (680, 40), RED)
    overlay = desk.add("GLIGEN_PreviewLayout", (680, 500))
    desk.connect(node, 0, overlay, "layout")
    run(desk)
    desk.settle(60)
    assert not is_offered(desk.editor(node))


def test_each_workflow_has_its_own_last_result(desk):
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    picture_of(desk, node, (680, 40), GREEN)
    mine = desk.saved() | {"id": str(uuid4())}
    yours = mine | {"id": str(uuid4())}
    desk.load(mine)
    run(desk)
    desk.page.wait_for_function(
        "(id) => !window.app.graph.getNodeById(id).widgets[0].element"
        ".querySelector('option[value=last]').disabled",
        arg=node,
    )
    desk.load(yours)
    assert not is_offered(desk.editor(node))
    desk.load(mine)
    assert is_offered(desk.editor(node))


def test_a_reference_picture_is_shown_in_its_row_and_in_its_box(desk):
    desk.page.evaluate(UPLOAD)
    box = {"text": "a ball", "box": [0.1, 0.1, 0.45, 0.45], "image": 0}
    other = {"text": "a cup", "box": [0.6, 0.1, 0.9, 0.4], "image": 3}
    layout = json.dumps({"version": 1, "entities": [box, other]})
    node = desk.add(LAYOUT_NODE, (20, 40), layout=layout)
    picture = desk.add("LoadImage", (680, 40), image="gligen_red.png")
    ground = desk.add("GLIGEN_Ground", (980, 40))
    editor = desk.editor(node)
    wait_for_colour(editor, "none")  # in the lower right corner of its box
    desk.connect(picture, 0, ground, "images")
    desk.connect(node, 0, ground, "layout")
    wait_for_colour(editor, "red")
    pictures = editor.handle.query_selector_all(".gligen-thumbnail")
    assert [each.is_visible() for each in pictures] == [True, False]
    assert pictures[0].get_attribute("alt") == "image 0"


TYPES = ("GLIGEN_LAYOUT", "GLIGEN_MODEL", "GLIGEN_GROUNDING", "GLIGEN_GATE", "GLIGEN_SHORTCUTS")


def socket_colours(desk):
    """Of our types, and of the joined one of an input, as each renderer looks them up."""
    return desk.page.evaluate(
        "(types) => { const { canvas } = window.app;"
        " const style = getComputedStyle(document.documentElement);"
        " const joined = window.LiteGraph.createNode('GLIGEN_Layout').inputs"
        "   .find(({ name }) => name === 'append_to').type;"
        " const classic = [...types, joined].flatMap((type) =>"
        "   [canvas.default_connection_color_byType[type],"
        "    canvas.constructor.link_type_colors[type]]);"
        " return [...classic, ...types.map((type) =>"
        "   style.getPropertyValue(`--color-datatype-${type}`))]; }",
        list(TYPES),
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sockets_of_our_types_have_colours_in_every_theme(desk, theme):
    try:
        desk.set("Comfy.ColorPalette", theme)
        desk.settle(30)
        colours = socket_colours(desk)
    finally:
        desk.set("Comfy.ColorPalette", "dark")
    assert len(colours) == 2 * (len(TYPES) + 1) + len(TYPES) and all(colours)
    assert len(set(colours)) == len(TYPES)
