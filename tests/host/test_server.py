"""The pack in a running server: its nodes, its refusals, its templates."""

import copy
import json
from pathlib import Path
from urllib.parse import quote

import pytest

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "example_workflows"
CONTRACT = CHECKOUT / "tests" / "fixtures" / "host" / "node_contract.json"


def test_the_server_offers_every_node_of_the_pack(server):
    offered = server.get("/object_info")
    for node_id in json.loads(CONTRACT.read_text(encoding="utf-8")):
        assert offered[node_id]["python_module"] == "custom_nodes.gligen-grounding"
        assert offered[node_id]["category"].startswith("GLIGEN")


def test_the_examples_are_in_the_template_browser(server):
    names = {file.stem for file in EXAMPLES.glob("*.json")}
    assert names == set(server.get("/workflow_templates")["gligen-grounding"])
    for name in names:
        served = server.get(f"/api/workflow_templates/gligen-grounding/{quote(name)}.json")
        assert served == json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "class_type, inputs, says",
    [
        ("GLIGEN_Layout", {"layout": "a red ball"}, "not JSON at line 1"),
        (
            "GLIGEN_Layout",
            {"layout": '{"entities": [{"text": "a", "box": [0.5, 0, 0.1, 1]}]}'},
            "entity 1 ('a'): box (0.5, 0.0, 0.1, 1.0): expected x0, y0, x1, y1 with x0 < x1",
        ),
        (
            "GLIGEN_Box",
            {"text": "a", "x0": 0.9, "y0": 0.0, "x1": 0.1, "y1": 1.0, "strength": 1.0},
            '"left (x0)" is 0.9 and "right (x1)" is 0.1',
        ),
        (
            "GLIGEN_Box",
            {"text": "a", "x0": 0.1, "y0": 0.0, "x1": 7.0, "y1": 1.0, "strength": 1.0},
            '"right (x1)" is 7; expected a fraction of the canvas',
        ),
        (
            "GLIGEN_GatePhases",
            {"preset": "custom", "on": 0.5, "decay": 0.2, "off": 0.1, "counts": "steps"},
            "add up to 0.8; expected 1. With these first two, the third is 0.3",
        ),
        (
            "GLIGEN_GatePhases",
            {"preset": "cubist", "on": 0.5, "decay": 0.2, "off": 0.3, "counts": "steps"},
            "\"preset\" is 'cubist'; choose one of: custom, text_box",
        ),
        (
            "GLIGEN_GatePhases",
            {"preset": "hed", "on": 0.5, "decay": 0.2, "off": 0.3, "counts": "days"},
            "\"counts\" is 'days'; choose one of: steps, timestep",
        ),
        (
            "GLIGEN_Load",
            {"gligen_name": "gone.bin", "modality": "auto"},
            "gone.bin: no such file in the model folders of 'gligen'. Put it into models/gligen",
        ),
    ],
)
def test_bad_input_is_refused_with_what_to_do(server, class_type, inputs, says):
    status, answer = server.post("/prompt", {"prompt": showing(class_type, inputs)})
    assert status == 400
    (error,) = answer["node_errors"]["1"]["errors"]
    assert says in error["details"]


@pytest.mark.parametrize(
    "class_type, inputs, error",
    [
        ("GLIGEN_Layout", {}, "required_input_missing"),
        (
            "GLIGEN_Box",
            {"text": "a", "x0": 0.0, "y0": 0.0, "x1": 1.0, "y1": 1.0, "strength": 3.0},
            "value_bigger_than_max",
        ),
    ],
)
def test_what_the_host_checks_by_itself_still_works(server, class_type, inputs, error):
    status, answer = server.post("/prompt", {"prompt": showing(class_type, inputs)})
    assert status == 400
    assert answer["node_errors"]["1"]["errors"][0]["type"] == error


def test_choices_of_the_joining_nodes_are_checked(server):
    prompt = json.loads((EXAMPLES / "api" / "demo_text_box.json").read_text(encoding="utf-8"))
    prompt["6"]["inputs"]["overflow"] = "shrug"
    prompt["8"]["inputs"]["negative_grounding"] = "maybe"
    status, answer = server.post("/prompt", {"prompt": prompt})
    assert status == 400
    details = {id_: node["errors"][0]["details"] for id_, node in answer["node_errors"].items()}
    assert "\"too many boxes\" (overflow) is 'shrug'; choose one of: error, keep" in details["6"]
    assert "choose one of: null, same as positive, off" in details["8"]


def test_a_value_that_is_linked_is_left_to_the_run(server):
    linked = {"text": "a", "x0": ["3", 0], "y0": 0.0, "x1": 0.5, "y1": 1.0, "strength": 1.0}
    prompt = showing("GLIGEN_Box", linked)
    prompt["3"] = {"class_type": "PrimitiveFloat", "inputs": {"value": 0.9}}
    status, answer = server.post("/prompt", {"prompt": prompt})
    assert status == 200
    message = outcome(server, answer["prompt_id"])
    assert message["node_type"] == "GLIGEN_Box"
    assert '"left (x0)" is 0.9 and "right (x1)" is 0.5' in message["exception_message"]


def test_a_layout_tells_the_browser_what_it_put_right(server):
    layout = {"entities": [{"text": "a", "box": [-0.5, 0, 0.5, 1]}]}
    prompt = showing("GLIGEN_Layout", {"layout": json.dumps(layout)})
    status, answer = server.post("/prompt", {"prompt": prompt})
    assert status == 200
    outputs = server.wait(answer["prompt_id"])["outputs"]
    assert "reaches outside 0..1; cut to [0.0, 0.0, 0.5, 1.0]" in outputs["1"]["text"][0]


def showing(class_type, inputs):
    """A prompt that runs one node and shows what comes out."""
    return {
        "1": {"class_type": class_type, "inputs": copy.deepcopy(inputs)},
        "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}},
    }


def outcome(server, prompt_id):
    """What the host reported when the run failed."""
    messages = dict(server.wait(prompt_id)["status"]["messages"])
    return messages["execution_error"]
