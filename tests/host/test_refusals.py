"""What a server answers to a prompt with something wrong: said once, in the names of the graph."""

import json
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parents[1] / "fixtures" / "host" / "node_contract.json"
NODES = json.loads(CONTRACT.read_text(encoding="utf-8"))
CHOICES = [
    (n, i) for n, known in NODES.items() for i, kind, _ in known["inputs"] if kind == "COMBO"
]
WRONG = "no such choice"
MISSING = "gligen-generation-depth.bin"
NOT_A_CONNECTION = "required_input_missing"  # of wires, which these prompts leave out


@pytest.fixture(scope="module")
def described(server):
    return server.get("/object_info")


@pytest.fixture
def refused(server, described):
    """(node id, changed inputs) -> what the host says against that node, but for missing wires."""

    def ask(node, **changes):
        given = {**described[node]["input"].get("required", {})}
        given |= described[node]["input"].get("optional", {})
        inputs = {i: spec[1]["default"] for i, spec in given.items() if "default" in spec[1]}
        options = {i: spec[1]["options"][0] for i, spec in given.items() if spec[1].get("options")}
        prompt = {"1": {"class_type": node, "inputs": {**options, **inputs, **changes}}}
        if not described[node]["output_node"]:
            prompt["2"] = {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}}
        status, answer = server.post("/prompt", {"prompt": prompt})
        assert status == 400
        errors = answer["node_errors"]["1"]["errors"]
        return [each["details"] for each in errors if each["type"] != NOT_A_CONNECTION]

    return ask


@pytest.mark.parametrize(("node", "name"), CHOICES)
def test_a_wrong_choice_is_reported_once_by_its_name(refused, described, node, name):
    (said,) = refused(node, **{name: WRONG})
    groups = described[node]["input"].values()
    shown = next(group[name][1]["display_name"] for group in groups if name in group)
    assert WRONG in said and (f'"{shown}"' in said or name == "gligen_name")


@pytest.mark.parametrize(
    ("node", "changes", "says"),
    [
        ("GLIGEN_GatePhases", {"on": 0.9}, "the shares add up to 1.6"),
        ("GLIGEN_Box", {"x0": 0.9}, '"left (x0)" is 0.9 and "right (x1)" is 0.5'),
        ("GLIGEN_Box", {"text": " "}, '"phrase" (text) is empty'),
        ("GLIGEN_CropLayout", {"x1": -1.0}, "expected x0, y0, x1, y1 with x0 < x1"),
        ("GLIGEN_Layout", {"layout": "a cat"}, "GLIGEN Layout (boxes): not JSON"),
        ("GLIGEN_Poses", {"poses": "a cat"}, "GLIGEN Poses: not JSON"),
        ("GLIGEN_GateCurve", {"gate": "a cat"}, "GLIGEN Gate Curve: not JSON"),
        ("GLIGEN_GatePerBlock", {"blocks": "output.3"}, "GLIGEN Gate Per Block: line 1"),
        ("GLIGEN_AnimateLayout", {"times": "soon"}, "Animate Layout (GLIGEN): \"times\" is 'soon'"),
        ("GLIGEN_Save", {"name": "../x"}, "'../x' is no name for a file"),
    ],
)
def test_what_several_inputs_say_together_is_reported_once(refused, node, changes, says):
    (said,) = refused(node, **changes)
    assert says in said


@pytest.mark.parametrize("node", ["GLIGEN_Load", "GLIGEN_Save"])
def test_a_missing_file_is_named_with_its_folder_and_where_it_is_had(refused, node):
    (said,) = refused(node, gligen_name=MISSING)
    assert f"{MISSING}: no such file" in said and "models/gligen" in said.replace("\\", "/")
    assert "https://huggingface.co/gligen/gligen-generation-depth" in said
