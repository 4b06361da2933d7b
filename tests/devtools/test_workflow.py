"""The demo workflow, adapted: picture sizes, gates, and which node gets what."""

import copy
import json

import pytest

from devtools.console import DevError
from devtools.workflow import adapt, layout_text, parse_gate, picture_size_px

WORKFLOW = {
    "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "old", "clip": ["9", 1]}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["9", 1]}},
    "3": {"class_type": "GLIGEN_Layout", "inputs": {"layout": '{"entities": []}'}},
    "4": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 128, "height": 128, "batch_size": 1},
    },
    "5": {
        "class_type": "GLIGEN_GatePhases",
        "inputs": {"preset": "text box", "on": 0.3, "decay": 0.0, "off": 0.7, "counts": "steps"},
    },
    "6": {
        "class_type": "GLIGEN_Apply",
        "inputs": {
            "positive": ["1", 0],
            "negative": ["2", 0],
            "gate": ["5", 0],
            "strength": 1.0,
        },
    },
    "7": {"class_type": "KSampler", "inputs": {"seed": 0, "steps": 20, "positive": ["6", 1]}},
}


@pytest.mark.parametrize(
    ("canvas", "size"),
    [
        ((512, 512), (128, 128)),
        ((768, 512), (192, 128)),
        ((512, 768), (128, 192)),
        ((1920, 1080), (224, 128)),
        ((1080, 1920), (128, 224)),
        ((640, 480), (160, 128)),
        ((10_000, 10), (256, 128)),
        ((100, 99), (128, 128)),
        ((1, 1), (128, 128)),
    ],
)
def test_the_picture_has_the_canvas_shape_at_the_size_of_the_model(canvas, size):
    assert picture_size_px(*canvas) == size


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("on", (1, 0, 0)),
        ("off", (0, 0, 1)),
        ("0.3,0,0.7", (0.3, 0, 0.7)),
        (" .5, .25 ,.25", (0.5, 0.25, 0.25)),
        ("0.7,0.2,0.1", (0.7, 0.2, 0.1)),  # its float sum is not exactly 1
    ],
)
def test_gates_are_read(text, phases):
    assert parse_gate(text) == phases


@pytest.mark.parametrize(
    "text", ["", "half", "0.3,0.7", "0.5,0,0.4", "1.2,0,-0.2", "nan,0,1", "1,0,0,0"]
)
def test_a_gate_that_is_none_is_refused_by_name(text):
    with pytest.raises(DevError, match=f"--gate {text}: expected"):
        parse_gate(text)


def test_each_node_gets_its_part_and_the_rest_stays():
    before = copy.deepcopy(WORKFLOW)
    layout = {"entities": [{"text": "a red circle", "box": [0, 0, 1, 1]}]}
    adapted = adapt(WORKFLOW, layout, "a scene", (192, 128), seed=7, gate=(0.5, 0.25, 0.25))
    assert before == WORKFLOW
    assert json.loads(adapted["3"]["inputs"].pop("layout")) == layout
    assert adapted == {
        **before,
        "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a scene", "clip": ["9", 1]}},
        "3": {"class_type": "GLIGEN_Layout", "inputs": {}},
        "4": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 192, "height": 128, "batch_size": 1},
        },
        "5": {
            "class_type": "GLIGEN_GatePhases",
            "inputs": {
                "preset": "custom",
                "on": 0.5,
                "decay": 0.25,
                "off": 0.25,
                "counts": "steps",
            },
        },
        "7": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 20, "positive": ["6", 1]}},
    }


def test_the_workflow_brings_a_layout_of_its_own():
    assert layout_text(WORKFLOW) == '{"entities": []}'


@pytest.mark.parametrize("missing", ["3", "4", "5", "7"])
def test_a_missing_node_is_named(missing):
    workflow = {node: fields for node, fields in WORKFLOW.items() if node != missing}
    with pytest.raises(DevError, match=f"0 nodes {WORKFLOW[missing]['class_type']}"):
        adapt(workflow, {}, "", (128, 128), 0, (1, 0, 0))


def test_a_positive_that_is_no_text_is_named():
    workflow = copy.deepcopy(WORKFLOW)
    workflow["1"]["class_type"] = "ConditioningCombine"
    with pytest.raises(DevError, match="node 1, ConditioningCombine; expected CLIPTextEncode"):
        adapt(workflow, {}, "", (128, 128), 0, (1, 0, 0))
