"""Blueprints are served, and what is in them fits the nodes of today."""

import json
from pathlib import Path

import pytest

from devtools.templates.blueprints import INSIDE_IN, INSIDE_OUT
from devtools.templates.published import FILES
from devtools.templates.shelf import SHELF

FOLDER = Path(__file__).parents[2] / "subgraphs"
BLUEPRINTS = sorted(FOLDER.glob("*.json"))
PACK = "custom_nodes.gligen-grounding"


def definition(file):
    workflow = json.loads(file.read_text(encoding="utf-8"))
    [node], [inside] = workflow["nodes"], workflow["definitions"]["subgraphs"]
    assert node["type"] == inside["id"]
    return inside


def test_the_host_serves_every_blueprint(server):
    served = {
        entry["name"]: key
        for key, entry in server.get("/global_subgraphs").items()
        if entry["info"]["node_pack"] == PACK
    }
    assert served.keys() == {file.stem for file in BLUEPRINTS} == {each.name for each in SHELF}
    for file in BLUEPRINTS:
        data = server.get(f"/global_subgraphs/{served[file.stem]}")["data"]
        assert json.loads(data) == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.stem)
def test_its_wires_join_what_fits(server, file):
    info, inside = server.get("/object_info"), definition(file)
    nodes = {node["id"]: node for node in inside["nodes"]}
    for link in inside["links"]:
        if link["origin_id"] == INSIDE_IN:
            source = inside["inputs"][link["origin_slot"]]
            assert link["id"] in source["linkIds"]
        else:
            source = nodes[link["origin_id"]]["outputs"][link["origin_slot"]]
            assert link["id"] in source["links"]
            declared = info[nodes[link["origin_id"]]["type"]]
            assert declared["output"][link["origin_slot"]] == source["type"] == link["type"]
        if link["target_id"] == INSIDE_OUT:
            target = inside["outputs"][link["target_slot"]]
            assert target["linkIds"] == [link["id"]]
        else:
            target = nodes[link["target_id"]]["inputs"][link["target_slot"]]
            assert target["link"] == link["id"]
        assert source["type"] in target["type"].split(",")


@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.stem)
def test_nothing_that_a_node_needs_is_missing(server, file):
    info = server.get("/object_info")
    for node in definition(file)["nodes"]:
        sockets = {each["name"]: each for each in node["inputs"]}
        for name in info[node["type"]]["input"]["required"]:
            assert "widget" in sockets[name] or sockets[name]["link"] is not None, (node, name)


@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.stem)
def test_it_declares_the_file_that_it_loads(file):
    [load] = [node for node in definition(file)["nodes"] if node["type"] == "GLIGEN_Load"]
    [model] = load["properties"]["models"]
    assert model["name"] == load["widgets_values"][0]
    assert model["url"] == FILES[model["name"]].address
