"""Messages speak the names that stand in the graph: code writes ids, `names.named` puts names."""

import ast
import json
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CONTRACT = json.loads(
    (CHECKOUT / "tests" / "fixtures" / "host" / "node_contract.json").read_text(encoding="utf-8")
)
PARTS = ("nodes", "host", "gligen_core")
FILES = sorted(file for part in PARTS for file in (CHECKOUT / part).rglob("*.py"))
# What a person reads as it stands: texts of schemas, and signs of formats (docs/formats.md).
SCHEMA_TEXTS = {"tooltip", "description", "display_name", "sign"}
SCHEMA_CALLS = {"layout_input", "boxes_input", "poses_input", "side_input", "_share", "_edge"}
# Inputs of ours that are fields of JSON, too: there single quotes mean the field.
FIELDS = {"text", "image", "blocks", "people", "box", "poses", "layout", "boxes", "width", "height"}
FIELDS |= {"x0", "y0", "x1", "y1", "gate", "counts", "strength", "name", "phrase"}
FIELDS |= {"steps", "input", "middle", "output"}  # of the gate's JSON
# Said where no node of ours stands between: in a run of the host's sampler, by the core's commands.
ELSEWHERE = {"Apply GLIGEN", "GLIGEN Inpaint", "Save GLIGEN"}


def messages(file):
    """The literals of a file that are neither docstrings nor texts of a schema: (line, text)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(node.value)
        if isinstance(node, ast.keyword) and node.arg in SCHEMA_TEXTS:
            left_out |= set(ast.walk(node))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in SCHEMA_CALLS:
            left_out |= set(ast.walk(node))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in left_out
    ]


ALL = [(file.relative_to(CHECKOUT), *each) for file in FILES for each in messages(file)]
INPUTS = {name for node in CONTRACT.values() for name, *_ in node["inputs"]}


def test_an_input_in_a_message_is_written_in_backticks():
    quoted = re.compile(rf"'({'|'.join(sorted(INPUTS - FIELDS, key=len, reverse=True))})'")
    said = [each for each in ALL if " " in each[2].strip()]
    assert len(said) > 100
    assert [each for each in said if quoted.search(each[2])] == []


def test_what_is_in_backticks_in_a_message_is_an_input():
    marked = [(*each, name) for each in ALL for name in re.findall(r"`(\w+)`", each[2])]
    assert len(marked) > 10
    assert [each for each in marked if each[-1] not in INPUTS] == []


def test_a_node_in_a_message_is_written_by_its_id(pack):
    titles = {names.title for names in pack("host.names").node_names().values()}
    by_hand = re.compile("|".join(map(re.escape, titles - ELSEWHERE)))
    assert [each for each in ALL if by_hand.search(each[2])] == []


@pytest.mark.parametrize(
    ("text", "node", "reads"),
    [
        ("Set `overflow` to 'x'.", "GLIGEN_Ground", "Set \"too many boxes\" (overflow) to 'x'."),
        ("GLIGEN_Ground: `map` is wrong", None, 'Encode Grounding (GLIGEN): "map" is wrong'),
        ("`x0` is 2", "GLIGEN_Box", '"left (x0)" is 2'),
        ("`text` of GLIGEN_Box", "GLIGEN_Save", '"phrase" (text) of GLIGEN Box'),
        ("`layout` is 'onnx'", "GLIGEN_Save", "\"tensor names\" (layout) is 'onnx'"),
        ("`nothing` of GLIGEN_Nothing", "GLIGEN_Box", "`nothing` of GLIGEN_Nothing"),
        ("a GLIGEN_GATE for 'map'", "GLIGEN_Ground", "a GLIGEN_GATE for 'map'"),
    ],
)
def test_ids_become_names_and_nothing_else_changes(pack, text, node, reads):
    assert pack("host.names").named(text, node) == reads


def test_every_input_has_a_name_for_a_page_that_merges_no_locale(host):
    english = json.loads((CHECKOUT / "locales/en/nodeDefs.json").read_text(encoding="utf-8"))
    for node_id in CONTRACT:
        schema = host("nodes").NODE_CLASS_MAPPINGS[node_id].GET_SCHEMA()
        assert schema.display_name == english[node_id]["display_name"]
        shown = {each.id: each.display_name for each in schema.inputs}
        given = english[node_id].get("inputs", {})
        assert shown == {name: texts["name"] for name, texts in given.items()}
        assert all(each.display_name for each in schema.outputs)
