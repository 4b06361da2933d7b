"""The layout canvas and what runs bring to it: pictures beneath, ghosts, results in the boxes."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from desk import LAYOUT_NODE, run

from devtools.api_client import ApiClient
from devtools.results import detect_demo, pixels_of
from gligen_core.evaluation import score_layouts
from gligen_core.layout import parse_layout

CHECKOUT = Path(__file__).parents[2]
SHIPPED = CHECKOUT / "tests" / "fixtures" / "host" / "workflows"
EMPTY = '{"version": 1, "width": 512, "height": 512, "entities": [], "poses": []}'
DETECTED = (
    '{"version": 1, "entities": [{"id": "d", "text": "a dog", "box": [0.5, 0.5, 0.75, 0.75]}]}'
)
STANDING = json.dumps(
    {
        "version": 1,
        "poses": [{"joints": [[0.3 + 0.02 * (n % 2), 0.1 + 0.05 * n, 1] for n in range(17)]}],
    }
)
DEMO_WEIGHTS = CHECKOUT / "gligen_core" / "demo" / "weights" / "demo_gligen_text_box.safetensors"


def wait_for_colour(editor, hexes):
    """Until the middle of the canvas shows "red", "green" or none of them."""
    place = editor.at(0.4, 0.4)
    editor.page.wait_for_function(
        "([canvas, [left, top], wanted]) => { const bounds = canvas.getBoundingClientRect();"
        " const scale = canvas.width / bounds.width;"
        " const [red, green] = canvas.getContext('2d').getImageData((left - bounds.left) * scale,"
        "   (top - bounds.top) * scale, 1, 1).data;"
        " const seen = red > green + 80 ? 'red' : green > red + 80 ? 'green' : 'none';"
        " return seen === wanted; }",
        arg=[editor.canvas, list(place), hexes],
    )


@pytest.fixture(params=[LAYOUT_NODE, "GLIGEN_Poses"])
def tracing(desk, request):
    """An empty canvas that takes pictures beneath: its node, and its editor."""
    widget = {LAYOUT_NODE: "layout", "GLIGEN_Poses": "poses"}[request.param]
    node = desk.add(request.param, (20, 40), **{widget: EMPTY})
    return node, desk.editor(node, widget)


def beneath(editor):
    return editor.handle.query_selector(".gligen-beneath select")


def test_a_wired_picture_lies_beneath_after_a_run(desk, tracing):
    node, editor = tracing
    picture = desk.add("EmptyImage", (680, 40), color=0xFF0000)
    shown = desk.add("PreviewAny", (680, 320))
    desk.connect(picture, 0, node, "background")
    desk.connect(node, 0, shown, "source")
    wait_for_colour(editor, "none")
    run(desk)
    wait_for_colour(editor, "red")
    assert beneath(editor).input_value() == "wired"
    dim = editor.handle.query_selector(".gligen-beneath input")
    dim.fill("1")
    wait_for_colour(editor, "none")
    dim.fill("0.2")
    beneath(editor).select_option("none")
    wait_for_colour(editor, "none")


def test_the_last_result_can_lie_beneath(desk, tracing):
    node, editor = tracing
    picture = desk.add("EmptyImage", (680, 40), color=0x00FF00)
    shown = desk.add("PreviewImage", (680, 320))
    layout = desk.add(LAYOUT_NODE, (980, 40), layout=EMPTY)
    desk.connect(node, 0, layout, "append_to")
    desk.connect(layout, 1, picture, "width")
    desk.connect(picture, 0, shown, "images")
    run(desk)
    beneath(editor).select_option("last")
    wait_for_colour(editor, "green")


DROP = """async (editor) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, 8, 8);
  const blob = await new Promise((done) => canvas.toBlob(done));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([blob], "red.png", { type: "image/png" }));
  editor.querySelector("canvas").dispatchEvent(
    new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
}"""


def test_a_dropped_picture_lies_beneath_and_stays_with_the_workflow(desk, tracing):
    node, editor = tracing
    editor.handle.evaluate(DROP)
    wait_for_colour(editor, "red")
    (saved,) = desk.saved()["nodes"]
    assert saved["properties"]["gligen_background"].startswith("gligen/red")
    desk.load(desk.saved())
    wait_for_colour(desk.editor(node, editor.widget), "red")


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


def test_found_people_are_ghosts_until_they_are_adopted(desk):
    fresh = json.dumps({**json.loads(STANDING), "run": uuid4().hex})  # else the host runs nothing
    detector = desk.add("GLIGEN_Poses", (700, 40), poses=fresh)
    keypoints = desk.add("GLIGEN_LayoutToBoxes", (700, 640))
    node = desk.add("GLIGEN_Poses", (20, 40), poses=EMPTY)
    shown = desk.add("PreviewAny", (1000, 640))
    desk.connect(detector, 0, keypoints, "layout")
    desk.connect(keypoints, 4, node, "pose_keypoint")
    desk.connect(node, 0, shown, "source")
    run(desk)
    editor = desk.editor(node, "poses")
    assert "1" in editor.status
    assert desk.layout(node, "poses")["poses"] == []
    editor.button("Adopt all people that were found").click()
    [adopted] = desk.layout(node, "poses")["poses"]
    for joint, expected in zip(
        adopted["joints"], json.loads(STANDING)["poses"][0]["joints"], strict=True
    ):
        assert joint == pytest.approx(expected, abs=2e-3)
    editor.focus()
    editor.press("Control+z")
    assert desk.layout(node, "poses")["poses"] == []


@pytest.mark.skipif(not DEMO_WEIGHTS.is_file(), reason="the demo's weights are not trained yet")
def test_shapes_come_where_they_were_drawn(desk):
    workflow = json.loads((SHIPPED / "demo_text_box_3.json").read_text(encoding="utf-8"))
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
    pixels = pixels_of(ApiClient(desk.address).read(url))
    assert score_layouts([layout], [detect_demo(pixels)]).mean_iou > 0.5
