"""Each node has a help page, and what a page says of inputs and outputs is what the node has."""

import json
import re
from pathlib import Path

import pytest

from devtools import help_pages

CHECKOUT = Path(__file__).parents[2]
PAGES = CHECKOUT / "web" / "docs"
CONTRACT = CHECKOUT / "tests" / "fixtures" / "host" / "node_contract.json"
NODES = sorted(json.loads(CONTRACT.read_text(encoding="utf-8")))
ANY_BOXES = "boxes of any kind, or their JSON"
FILES = {"gligen_name"}  # options that differ from machine to machine
EXAMPLES = {file.stem for file in (CHECKOUT / "example_workflows").glob("*.json")}


def page(node_id):
    return (PAGES / f"{node_id}.md").read_text(encoding="utf-8")


def rows(text, heading):
    """Of the table under a heading: name -> the rest of the row."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, flags=re.MULTILINE))


@pytest.fixture
def schema(host, pack, request):
    return host("nodes").NODE_CLASS_MAPPINGS[request.param].GET_SCHEMA()


every_node = pytest.mark.parametrize("schema", NODES, indirect=True)


def test_every_page_belongs_to_a_node():
    assert {file.stem for file in PAGES.glob("*.md")} == set(NODES)


@every_node
def test_a_page_begins_with_the_nodes_title_and_shows_an_example(schema):
    text = page(schema.node_id)
    assert text.startswith(f"# {schema.display_name}\n")
    assert "\n## Example\n" in text


@every_node
def test_a_page_names_each_input_with_its_range_and_choices(schema):
    told = rows(page(schema.node_id), "Inputs")
    assert set(told) == {each.id for each in schema.inputs}
    for each in schema.inputs:
        if each.get_io_type() in ("INT", "FLOAT"):
            digits = "d" if isinstance(each.min, int) else "g"
            assert f"{each.min:{digits}} to {each.max:{digits}}; " in told[each.id]
            assert f"default {each.default:{digits}} |" in told[each.id]
        if each.get_io_type() == "COMBO" and each.id not in FILES:
            choices = re.findall(r"`([^`]*)`", told[each.id].partition(";")[0])
            assert choices == list(each.options)
        types = each.get_io_type().split(",")
        if len(types) > 1:
            taken = told[each.id].partition(" | ")[0]
            assert ANY_BOXES in taken or all(kind in taken for kind in types)
            assert (ANY_BOXES in taken) == ("BOUNDING_BOX" in types)
            assert "POSE_KEYPOINT" in taken or "POSE_KEYPOINT" not in types


@every_node
def test_a_page_names_each_output_with_its_type(schema):
    told = rows(page(schema.node_id), "Outputs")
    given = {each.display_name: each.get_io_type() for each in schema.outputs}
    assert {name: row.partition(" | ")[0] for name, row in told.items()} == given


def test_tables_and_translations_are_what_schemas_and_locales_say(host, pack):
    """If not: python3 dev.py python -m devtools.help_pages"""
    mappings = host("nodes").NODE_CLASS_MAPPINGS
    written = dict(help_pages.pages([mappings[node_id].GET_SCHEMA() for node_id in NODES]))
    assert len(written) == len(NODES) * 7
    assert set(written) == set(PAGES.rglob("*.md"))
    stale = [file for file, text in written.items() if file.read_text(encoding="utf-8") != text]
    assert [str(file.relative_to(CHECKOUT)) for file in stale] == []


@pytest.mark.parametrize("language", help_pages.LANGUAGES)
def test_the_host_serves_a_page_of_the_language_where_the_browser_looks_first(server, language):
    described = server.get("/object_info")
    for node_id in NODES:
        folder = described[node_id]["python_module"].removeprefix("custom_nodes.")
        path = f"/extensions/{folder}/docs/{node_id}/{language}.md"
        title = help_pages.texts_of(language)["nodes"][node_id]["display_name"]
        assert server.read(path).decode().startswith(f"# {title}\n")


@pytest.mark.parametrize("node_id", NODES)
def test_a_page_names_only_templates_that_exist(node_id):
    named = set(re.findall(r"template `([^`]+)`", page(node_id)))
    assert named <= EXAMPLES
