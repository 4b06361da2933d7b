"""What nodes say in other languages, against what their schema says in English."""

import json
import re
from pathlib import Path

import pytest

LOCALES = Path(__file__).parents[2] / "locales"
LANGUAGES = ("zh", "ja", "ko", "fr", "es", "de")
NUMBER = re.compile(
    r"(?<![\w.^])-?\d+(?:\.\d+)?(?![\w^])", re.ASCII
)  # but those of names and formulas
OPTION = re.compile(r"'[a-zA-Z][\w .:]*'")


def facts(text):
    """Numbers and quoted names in a text: what no translation changes."""
    return {*NUMBER.findall(text), *OPTION.findall(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tooltip_has_the_ranges_and_names_of_the_schema(host, pack, language):
    texts = json.loads((LOCALES / language / "nodeDefs.json").read_text(encoding="utf-8"))
    wrong = []
    for node in pack("nodes").NODES:
        schema = node.GET_SCHEMA()
        for each in schema.inputs:
            said = texts[schema.node_id]["inputs"][each.id]["tooltip"]
            lacking = facts(each.tooltip) - facts(said)
            if lacking:
                wrong.append((schema.node_id, each.id, lacking, each.tooltip))
    assert wrong == []


@pytest.mark.parametrize("language", ("en", *LANGUAGES))
def test_a_text_names_inputs_as_the_graph_shows_them(host, pack, language):
    """No id with an underscore, which nobody sees, and no backticks, which a tooltip shows."""
    texts = json.loads((LOCALES / language / "nodeDefs.json").read_text(encoding="utf-8"))
    wrong = []
    for node in pack("nodes").NODES:
        schema, own = node.GET_SCHEMA(), texts[node.GET_SCHEMA().node_id]
        said = [own.get("description", schema.description)]
        for each in schema.inputs:
            said.append(own["inputs"][each.id].get("tooltip", each.tooltip))
        for number, each in enumerate(schema.outputs):
            said.append(own["outputs"][str(number)].get("tooltip", each.tooltip))
        ids = [each.id for each in schema.inputs if "_" in each.id]
        found = re.compile("|".join(["`", *(rf"\b{id_}\b" for id_ in ids)]), re.ASCII)
        wrong += [(schema.node_id, text) for text in said if found.search(text)]
    assert wrong == []
