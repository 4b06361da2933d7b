"""The layout canvas and what runs bring to it: pictures beneath, ghosts, results in the boxes."""

import io
import json
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from desk import LAYOUT_NODE
from PIL import Image

from gligen_core.demo.shapes import COLOURS
from gligen_core.evaluation import score_picture
from gligen_core.layout import parse_layout

CHECKOUT = Path(__file__).parents[2]
EMPTY = '{"version": 1, "width": 512, "height": 512, "entities": []}'
DETECTED = (
    '{"version": 1, "entities": [{"id": "d", "text": "a dog", "box": [0.5, 0.5, 0.75, 0.75]}]}'
)
DEMO_WEIGHTS = CHECKOUT / "gligen_core" / "demo" / "weights" / "demo_gligen_text_box.safetensors"


def run(desk):
    """Queue what is in the graph; when it has run."""
    desk.page.evaluate(
        "() => new Promise((done, failed) => { const { api } = window.comfyAPI.api;"
        " api.addEventListener('execution_success', done, { once: true });"
        " api.addEventListener('execution_error', (event) => failed(event.detail), { once: true });"
        " window.app.queuePrompt(0); })"
    )
    desk.settle(10)


def colour_at(editor, x, y):
    """Red, green, blue of what the canvas shows there."""
    place = editor.at(x, y)
    return editor.canvas.evaluate(
        "(canvas, [left, top]) => { const bounds = canvas.getBoundingClientRect();"
        " const scale = canvas.width / bounds.width;"
        " return [...canvas.getContext('2d').getImageData((left - bounds.left) * scale,"
        "   (top - bounds.top) * scale, 1, 1).data].slice(0, 3); }",
        list(place),
    )


def test_a_wired_picture_lies_beneath_after_a_run(desk):
    picture = desk.add("EmptyImage", (620, 40), color=0xFF0000)
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    shown = desk.add("PreviewAny", (620, 320))
    desk.connect(picture, 0, node, "background")
    desk.connect(node, 0, shown, "source")
    editor = desk.editor(node)
    red, green, _ = colour_at(editor, 0.4, 0.4)
    assert abs(red - green) < 30
    run(desk)
    desk.page.wait_for_function(
        "(select) => select.value === 'wired'", arg=editor.handle.query_selector("select")
    )
    desk.settle(20)
    red, green, blue = colour_at(editor, 0.4, 0.4)
    assert red > green + 80
    assert red > blue + 80
    assert desk.layout(node)["entities"] == []


def test_the_last_result_can_lie_beneath(desk):
    picture = desk.add("EmptyImage", (620, 40), color=0x00FF00)
    shown = desk.add("PreviewImage", (620, 320))
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    desk.connect(picture, 0, shown, "images")
    editor = desk.editor(node)
    run(desk)
    editor.handle.query_selector("select").select_option("last")
    desk.settle(30)
    red, green, _ = colour_at(editor, 0.4, 0.4)
    assert green > red + 80


def test_detections_are_ghosts_until_they_are_adopted(desk):
    detector = desk.add(LAYOUT_NODE, (620, 40), layout=DETECTED)
    node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
    shown = desk.add("PreviewAny", (620, 600))
    desk.connect(detector, 0, node, "detections")
    desk.connect(node, 0, shown, "source")
    run(desk)
    editor = desk.editor(node)
    assert desk.layout(node)["entities"] == []
    editor.click(0.6, 0.6)
    [adopted] = desk.layout(node)["entities"]
    assert (adopted["text"], adopted["box"]) == ("a dog", [0.5, 0.5, 0.75, 0.75])
    editor.press("Control+z")
    assert desk.layout(node)["entities"] == []


def test_a_template_that_the_host_offers_opens_with_its_canvas(desk):
    url = f"{desk.address}/api/workflow_templates/gligen-grounding/demo_text_box.json"
    with urllib.request.urlopen(url) as answer:
        desk.load(json.load(answer))
    desk.close_dialogs()  # model files that are not here
    [node] = [saved for saved in desk.saved()["nodes"] if saved["type"] == LAYOUT_NODE]
    editor = desk.editor(node["id"])
    assert editor.phrases() == ["a red circle", "a blue square", "a green triangle"]
    template = json.loads(
        (CHECKOUT / "example_workflows" / "demo_text_box.json").read_text(encoding="utf-8")
    )
    [original] = [saved for saved in template["nodes"] if saved["type"] == LAYOUT_NODE]
    assert node["widgets_values"] == original["widgets_values"]


@pytest.mark.skipif(not DEMO_WEIGHTS.is_file(), reason="the demo's weights are not trained yet")
def test_shapes_come_where_they_were_drawn(desk):
    workflow = json.loads(
        (CHECKOUT / "example_workflows" / "demo_text_box.json").read_text(encoding="utf-8")
    )
    nodes = {saved["type"]: saved for saved in workflow["nodes"]}
    nodes[LAYOUT_NODE]["widgets_values"] = [EMPTY]
    desk.load(workflow)
    editor = desk.editor(nodes[LAYOUT_NODE]["id"])
    desk.page.evaluate(
        "(id) => { const { canvas, graph } = window.app;"
        " const { pos } = graph.getNodeById(id); canvas.ds.scale = 1;"
        " canvas.ds.offset[0] = 80 - pos[0]; canvas.ds.offset[1] = 110 - pos[1];"
        " canvas.setDirty(true, true); }",
        nodes[LAYOUT_NODE]["id"],
    )
    desk.settle(10)
    editor.draw((0.08, 0.12), (0.48, 0.52), "a red circle")
    editor.draw((0.55, 0.5), (0.93, 0.9), "a blue square")
    layout = parse_layout(json.dumps(desk.layout(nodes[LAYOUT_NODE]["id"])))
    run(desk)
    url = desk.page.evaluate(
        "async () => { const { api } = window.comfyAPI.api;"
        " const history = await (await api.fetchApi('/history?max_items=1')).json();"
        " const outputs = Object.values(Object.values(history)[0].outputs);"
        " const picture = outputs.flatMap((output) => output.images ?? [])"
        "   .find(({ type }) => type === 'output');"
        " return api.apiURL('/view?' + new URLSearchParams(picture)); }"
    )
    with urllib.request.urlopen(desk.address + url) as answer:
        pixels = np.asarray(Image.open(io.BytesIO(answer.read())).convert("RGB")) / 255
    score = score_picture(pixels, layout.entities, COLOURS)
    assert score.mean_iou > 0.5
