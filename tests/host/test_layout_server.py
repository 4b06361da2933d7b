"""Layouts in and out of a running server: what others' nodes wire, and what loops ask for."""

import json
from pathlib import Path

import pytest

from devtools.bench import demo as demo_bench
from devtools.console import DevError

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "example_workflows" / "api"
SAMPLES = CHECKOUT / "tests" / "fixtures" / "formats"
LAYOUT = '{"entities": [{"id": "a", "text": "a ball", "box": [0.25, 0.25, 0.75, 0.75]}]}'


def exported(server, nodes, source, form="layout JSON"):
    """The layout that a node of a prompt gives, as JSON."""
    out = {
        "class_type": "GLIGEN_ExportLayout",
        "inputs": {"layout": [source, 0], "format": form, "filename_prefix": ""},
    }
    return json.loads(server.run({**nodes, "out": out})["out"]["text"][0])


def from_boxes(boxes=None, **changes):
    inputs = {
        "json": "[]",
        "width": 512,
        "height": 512,
        "order": "not set",
        "phrases": "",
        "least_score": 0.0,
        "follow": True,
    } | changes
    if boxes is not None:
        inputs["boxes"] = boxes
    return {"class_type": "GLIGEN_LayoutFromBoxes", "inputs": inputs}


def string(text):
    return {"class_type": "PrimitiveStringMultiline", "inputs": {"value": text}}


@pytest.mark.parametrize("way", ["typed", "sent", "wired"])
def test_bounding_boxes_come_as_json_on_every_way(server, way):
    text = (SAMPLES / "bounding_box_flat.json").read_text(encoding="utf-8")
    nodes = {
        "typed": {"1": from_boxes(json=text)},
        "sent": {"1": from_boxes(text)},
        "wired": {"0": string(text), "1": from_boxes(["0", 0])},
    }[way]
    (dog,) = exported(server, nodes, "1")["entities"]
    assert (dog["text"], dog["box"]) == ("dog", [0.125, 0.1875, 0.375, 0.6875])


def test_masks_are_wired_into_the_same_socket(server):
    solid = {"class_type": "SolidMask", "inputs": {"value": 0.0, "width": 64, "height": 32}}
    patch = {"class_type": "SolidMask", "inputs": {"value": 1.0, "width": 16, "height": 16}}
    both = {
        "class_type": "MaskComposite",
        "inputs": {
            "destination": ["0", 0],
            "source": ["1", 0],
            "x": 16,
            "y": 8,
            "operation": "add",
        },
    }
    nodes = {"0": solid, "1": patch, "2": both, "3": from_boxes(["2", 0], phrases="a cat")}
    (cat,) = exported(server, nodes, "3")["entities"]
    assert (cat["text"], cat["box"]) == ("a cat", [0.25, 0.25, 0.5, 0.75])


def test_pose_keypoints_come_as_json_and_go_out_again(server):
    text = (SAMPLES / "dwpose.json").read_text(encoding="utf-8")
    node = {
        "class_type": "GLIGEN_LayoutFromPoses",
        "inputs": {
            "poses": text,
            "json": "",
            "people": "both",
            "phrase": "a dancer",
            "threshold": 0.3,
            "follow": True,
        },
    }
    layout = exported(server, {"1": node}, "1")
    assert len(layout["poses"]) == 1 and layout["entities"][0]["text"] == "a dancer"
    (frame,) = exported(server, {"1": node}, "1", "OpenPose")
    given = json.loads(text)[0]["people"][0]["pose_keypoints_2d"]
    found = frame["people"][0]["pose_keypoints_2d"]
    assert [found[3 * n : 3 * n + 3] for n in (0, 5, 13)] == [
        pytest.approx(given[3 * n : 3 * n + 3]) for n in (0, 5, 13)
    ]


def test_layout_json_goes_where_a_layout_goes(server):
    flip = {"class_type": "GLIGEN_FlipLayout", "inputs": {"layout": LAYOUT, "axis": "vertical"}}
    assert exported(server, {"1": flip}, "1")["entities"][0]["box"] == [0.25, 0.25, 0.75, 0.75]
    preview = {"class_type": "GLIGEN_PreviewLayout", "inputs": {"layout": LAYOUT}}
    assert server.run({"1": preview})["1"]["images"][0]["type"] == "temp"


@pytest.mark.parametrize(
    "node, says",
    [
        (from_boxes(json="[[0, 0, 9, 9]]"), "GLIGEN Layout From Boxes: four numbers can mean"),
        (from_boxes(json="a cat"), "GLIGEN Layout From Boxes: no layout in 'a cat'; expected JSON"),
        (from_boxes("[{}]"), "GLIGEN Layout From Boxes: [{}] holds no boxes"),
    ],
)
def test_what_a_node_can_not_read_is_said_in_the_browser(server, node, says):
    export = {
        "class_type": "GLIGEN_ExportLayout",
        "inputs": {"layout": ["1", 0], "format": "COCO", "filename_prefix": ""},
    }
    status, answer = server.post("/prompt", {"prompt": {"1": node, "2": export}})
    assert status == 200
    messages = dict(server.wait(answer["prompt_id"])["status"]["messages"])
    assert messages["execution_error"]["exception_message"].startswith(says)


@pytest.mark.parametrize(
    ("node", "name", "value"),
    [
        ("GLIGEN_Layout", "layout", json.loads(LAYOUT)),
        ("GLIGEN_Poses", "poses", {**json.loads(LAYOUT), "poses": []}),
        ("GLIGEN_FlipLayout", "layout", json.loads(LAYOUT)),
        ("GLIGEN_LayoutFromBoxes", "json", {"__value__": json.loads(LAYOUT)}),
        ("GLIGEN_LayoutFromBoxes", "boxes", json.loads(LAYOUT)),
    ],
)
def test_a_layout_posted_as_an_object_is_taken(server, node, name, value):
    """The host hands it on as it is, or, where it expects text, as Python writes it."""
    described = server.get("/object_info")[node]["input"]["required"]
    inputs = {i: spec[1]["default"] for i, spec in described.items() if "default" in spec[1]}
    source = {"class_type": node, "inputs": {**inputs, name: value}}
    (ball,) = exported(server, {"1": source}, "1")["entities"]
    assert ball["box"] == [0.25, 0.25, 0.75, 0.75]


def test_a_gate_posted_as_an_object_is_taken(server):
    gate = {"version": 1, "points": [[0, 1], [1, 0]]}
    prompt = {
        "1": {"class_type": "GLIGEN_GateCurve", "inputs": {"gate": gate}},
        "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}},
    }
    assert "(0.0, 1.0), (1.0, 0.0)" in server.run(prompt)["2"]["text"][0]


def test_a_loop_reads_its_next_try_from_the_history(server):
    score = {
        "class_type": "GLIGEN_ScoreLayout",
        "inputs": {"layout": LAYOUT, "detections": "[]", "order": "not set"},
    }
    following = {
        "class_type": "GLIGEN_NextTry",
        "inputs": {
            "success": ["1", 1],
            "last_seed": 3,
            "last_on": 0.3,
            "last_strength": 1.0,
            "goal": 1.0,
            "longer": 0.3,
            "stronger": 0.2,
        },
    }
    shown = server.run({"1": score, "2": following})
    told = json.loads(shown["2"]["text"][0])
    assert not told["done"] and told["on"] == pytest.approx(0.6)
    assert json.loads(shown["1"]["text"][0])["success_at_0.5"] == 0
    found = {**score["inputs"], "detections": LAYOUT}
    again = following["inputs"] | {"last_seed": told["seed"], "last_on": told["on"]}
    shown = server.run(
        {"1": {**score, "inputs": found}, "2": {**following, "inputs": again}},
    )
    told_again = json.loads(shown["2"]["text"][0])
    assert told_again["done"] and told_again["seed"] == told["seed"]


def test_an_animated_batch_follows_its_boxes(server):
    prompt = json.loads((EXAMPLES / "demo_animate.json").read_text(encoding="utf-8"))
    shown = server.run(prompt)
    score = json.loads(shown["16"]["text"][0])
    assert len(score["frames"]) == 8 == len(shown["14"]["images"])
    assert score["success_at_0.5"] > 0.5


def test_the_closed_loop_runs_as_one_graph(server):
    prompt = json.loads((EXAMPLES / "demo_closed_loop.json").read_text(encoding="utf-8"))
    shown = server.run(prompt)
    first, second = (json.loads(shown[node]["text"][0]) for node in ("13", "19"))
    told = json.loads(shown["14"]["text"][0])
    assert told["done"] == (first["success_at_0.5"] == 1)
    assert len(second["frames"][0]) == 4


def test_the_bench_measures_the_loop_and_the_motion(server):
    worth = demo_bench.measure_loop(server.address, count=1, tries=2)
    assert (worth.layouts, worth.tries) == (1, 2)
    assert worth.looped >= worth.first and worth.pictures_looped <= 2
    motion = demo_bench.measure_motion(server.address)
    assert len(motion["mean_iou_of_frames"]) == 8


def test_the_bench_says_what_the_server_refuses(server):
    broken = {"1": {"class_type": "GLIGEN_Layout", "inputs": {"layout": "a cat"}}}
    with pytest.raises(DevError, match="ComfyUI refused the workflow"):
        server.run(broken)


@pytest.mark.parametrize("way", ["typed", "wired"])
def test_a_layout_hands_its_prompt_to_whoever_encodes_it(server, way):
    caption = "a green field" if way == "typed" else ["words", 0]
    layout = {"class_type": "GLIGEN_Layout", "inputs": {"layout": LAYOUT, "caption": caption}}
    shown = {"class_type": "PreviewAny", "inputs": {"source": ["1", 3]}}
    told = server.run({"words": string("a green field"), "1": layout, "shown": shown})
    assert told["shown"]["text"] == ["a green field; a ball"]


def test_phrases_name_boxes_that_are_wired(server):
    text = {
        "class_type": "GLIGEN_LayoutFromText",
        "inputs": {
            "text": "sun; comet",
            "form": "auto",
            "width": 0,
            "height": 0,
            "class_names": "",
            "boxes": ["0", 0],
        },
    }
    boxes = [{"x": 0, "y": 0, "width": 256, "height": 512, "label": ""}]
    boxes.append({"x": 256, "y": 0, "width": 256, "height": 512, "label": "x"})
    found = exported(server, {"0": from_boxes(json.dumps(boxes)), "1": text}, "1")
    assert [entity["text"] for entity in found["entities"]] == ["sun", "comet"]
