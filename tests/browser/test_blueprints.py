"""Blueprints: whole graphs as one node, found by node search, with a canvas on its face."""

import json
from pathlib import Path

import pytest
from desk import run

from devtools.api_client import ApiClient
from devtools.results import detect_demo, pixels_of
from gligen_core.evaluation import score_layouts
from gligen_core.layout import parse_layout

BLUEPRINTS = sorted((Path(__file__).parents[2] / "subgraphs").glob("*.json"))
BOXES = "Text to image, with boxes (GLIGEN)"
FACES = {
    BOXES: ["canvas", "prompt", "negative prompt", "gligen", "seed", "steps", "cfg"],
    "Inpaint boxes (GLIGEN)": [
        "canvas",
        "prompt",
        "negative prompt",
        "gligen",
        "seed",
        "steps",
        "cfg",
    ],
    "Pose to image (GLIGEN)": [
        "canvas",
        "prompt",
        "negative prompt",
        "gligen",
        "seed",
        "steps",
        "cfg",
        "width",
        "height",
    ],
}
SMALL = '{"version": 1, "width": 128, "height": 128, "entities": [], "poses": []}'
DEMO = {
    "gligen": "demo_gligen_text_box.safetensors",
    "steps": 24,
    "cfg": 4.5,
    "negative prompt": "",
    "canvas": SMALL,
}


def named(name):
    [file] = [file for file in BLUEPRINTS if file.stem == name]
    return json.loads(file.read_text(encoding="utf-8"))


def opened(desk, name):
    """The id of the blueprint's node, alone in the graph."""
    desk.load(named(name))
    desk.close_dialogs()  # model files that are not here
    desk.settle(20)
    return desk.page.evaluate("window.app.graph.nodes[0].id")


def set_widgets(desk, node, values):
    desk.page.evaluate(
        "([id, values]) => { const { widgets } = window.app.graph.getNodeById(id);"
        " for (const [name, value] of Object.entries(values))"
        "   widgets.find((widget) => widget.name === name).value = value; }",
        [node, values],
    )
    desk.settle()


def entities(desk):
    [layout] = [
        node["inputs"]["layout"]
        for node in desk.prompt().values()
        if node["class_type"] == "GLIGEN_Layout"
    ]
    return json.loads(layout)["entities"]


@pytest.mark.parametrize("name", FACES)
def test_a_blueprint_is_one_node_with_its_canvas(desk, name):
    node = opened(desk, name)
    shown = desk.page.evaluate(
        "(id) => { const node = window.app.graph.getNodeById(id); return {"
        " title: node.title, widgets: node.widgets.map(({ name }) => name),"
        " sockets: node.inputs.filter(({ widget }) => !widget).map(({ type }) => type),"
        " outputs: node.outputs.map(({ type }) => type) }; }",
        node,
    )
    pixels = ["IMAGE"] if name.startswith("Inpaint") else []
    assert shown == {
        "title": name,
        "widgets": FACES[name],
        "sockets": ["MODEL", "CLIP", "VAE", *pixels],
        "outputs": ["IMAGE"],
    }
    canvas = desk.editor(node, "canvas").canvas.bounding_box()
    assert canvas["width"] > 100 and canvas["height"] > 100
    inside = desk.prompt()
    assert {each["class_type"] for each in inside.values()} >= {"GLIGEN_Ground", "KSampler"}


def test_what_is_drawn_on_the_face_is_queued_saved_and_copied(desk):
    node = opened(desk, BOXES)
    place_on_screen(desk, node)
    editor = desk.editor(node, "canvas")
    editor.draw((0.2, 0.2), (0.6, 0.7), "a red circle")
    assert [each["text"] for each in entities(desk)] == ["a red circle"]
    desk.load(desk.saved())
    desk.settle(20)
    assert [each["text"] for each in entities(desk)] == ["a red circle"]
    assert desk.editor(node, "canvas").phrases() == ["a red circle"]


def test_a_picture_from_one_node_and_the_demo_model(desk):
    node = opened(desk, BOXES)
    model, save = desk.add("GLIGEN_DemoModel", (-400, 0)), desk.add("SaveImage", (900, 0))
    for output, name in enumerate(("model", "clip", "vae")):
        desk.connect(model, output, node, name)
    desk.connect(node, 0, save, "images")
    set_widgets(desk, node, DEMO)
    place_on_screen(desk, node)
    editor = desk.editor(node, "canvas")
    editor.draw((0.08, 0.12), (0.48, 0.52), "a red circle")
    editor.draw((0.55, 0.5), (0.93, 0.9), "a blue square")
    prompt = desk.prompt()
    [layout] = [n["inputs"]["layout"] for n in prompt.values() if "layout" in n["inputs"]][:1]
    run(desk)
    client = ApiClient(desk.address)
    url = desk.page.evaluate(
        "async () => { const { api } = window.comfyAPI.api;"
        " const history = await (await api.fetchApi('/history?max_items=1')).json();"
        " const outputs = Object.values(Object.values(history)[0].outputs);"
        " const picture = outputs.flatMap((output) => output.images ?? [])"
        "   .find(({ type }) => type === 'output');"
        " return api.apiURL('/view?' + new URLSearchParams(picture)); }"
    )
    score = score_layouts([parse_layout(layout)], [detect_demo(pixels_of(client.read(url)))])
    assert score.mean_iou > 0.5


def test_node_search_finds_a_blueprint(desk):
    desk.page.mouse.dblclick(700, 500)
    desk.page.keyboard.type(BOXES[:24], delay=20)
    desk.page.wait_for_timeout(800)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_function("window.app.graph.nodes.length === 1")
    assert desk.page.evaluate("window.app.graph.nodes[0].title") == BOXES
    desk.page.keyboard.press("Escape")


def place_on_screen(desk, node):
    desk.page.evaluate(
        "(id) => { const { canvas, graph } = window.app;"
        " const { pos } = graph.getNodeById(id); canvas.ds.scale = 0.8;"
        " canvas.ds.offset[0] = 120 - pos[0]; canvas.ds.offset[1] = 120 - pos[1];"
        " canvas.setDirty(true, true); }",
        node,
    )
    desk.settle(10)
