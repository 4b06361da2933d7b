"""The promise of ids, inputs and their order; and a tooltip with a range on each input."""

import json
import re
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parents[1] / "fixtures" / "host" / "node_contract.json"
PROMISED = json.loads(CONTRACT.read_text(encoding="utf-8"))
LARGEST_SEED = 2**64 - 1  # the host's
WIRES = {"MODEL", "CLIP", "CONDITIONING"}


def schema(host, node_id):
    return host("nodes").NODE_CLASS_MAPPINGS[node_id].GET_SCHEMA()


def as_promised(schema):
    return {
        "inputs": [[i.id, i.get_io_type(), i.optional] for i in schema.inputs],
        "outputs": [[o.display_name, o.get_io_type()] for o in schema.outputs],
    }


@pytest.mark.parametrize("node_id", PROMISED)
def test_a_workflow_saved_today_opens_in_every_later_version(host, pack, node_id):
    now, promised = as_promised(schema(host, node_id)), PROMISED[node_id]
    # More may come behind, and a socket may take more types; what is there stays, in its place.
    assert now["outputs"][: len(promised["outputs"])] == promised["outputs"]
    for (name, types, optional), old in zip(now["inputs"], promised["inputs"], strict=False):
        assert [name, optional] == [old[0], old[2]]
        assert set(types.split(",")) >= set(old[1].split(","))
    added = now["inputs"][len(promised["inputs"]) :]
    assert len(now["inputs"]) >= len(promised["inputs"]) and all(each[2] for each in added)


def test_every_node_of_the_pack_is_promised(pack):
    assert {node.GET_SCHEMA().node_id for node in pack("nodes").NODES} == set(PROMISED)


@pytest.mark.parametrize("node_id", PROMISED)
def test_titles_are_plain_words_and_nodes_describe_themselves(host, pack, node_id):
    found = schema(host, node_id)
    words = r"[A-Z][A-Za-z-]+( [A-Z][A-Za-z-]+)*"
    assert re.fullmatch(rf"{words}( \(({words}(, {words})*|boxes)\))?", found.display_name)
    assert "GLIGEN" in found.display_name
    assert found.category.split("/")[0] == "GLIGEN"
    assert found.description.endswith(".")
    assert all(output.tooltip for output in found.outputs)


@pytest.mark.parametrize("node_id", PROMISED)
def test_every_input_has_a_tooltip_and_numbers_tell_their_range(host, pack, node_id):
    for each in schema(host, node_id).inputs:
        assert each.tooltip and each.tooltip.rstrip().endswith((".", ")."))
        if each.get_io_type() in ("FLOAT", "INT"):
            most = "2^64 - 1" if each.max == LARGEST_SEED else f"{each.max:g}"
            assert f"({each.min:g} to {most}" in each.tooltip
