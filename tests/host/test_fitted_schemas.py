"""What newer hosts and pages are told of our nodes, and that no wire becomes a field on a page."""

import dataclasses

import pytest

FIELDS = {"STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"}  # what has a field on every page
NEWER = frozenset({"search_aliases", "has_intermediate_output"})


@pytest.fixture
def described(host, pack):
    """The inputs of all nodes as the page gets them: (node id, name, type, options)."""
    mappings = host("nodes").NODE_CLASS_MAPPINGS
    found = []
    for node in pack("nodes").NODES:
        name = node.GET_SCHEMA().node_id
        groups = mappings[name].INPUT_TYPES()
        for group in (groups.get("required", {}), groups.get("optional", {})):
            found += [(name, id_, *spec) for id_, spec in group.items()]
    return found


def test_an_input_without_a_field_of_ours_is_a_socket_by_force(described):
    wires = [each for each in described if isinstance(each[2], str) and each[2] not in FIELDS]
    assert ("GLIGEN_GateCurve", "curve", "CURVE") in [each[:3] for each in wires]
    assert [each[:3] for each in wires if each[3].get("forceInput") is not True] == []


def test_what_has_a_field_keeps_it(pack):
    is_wire = pack("host.schemas").is_wire
    for node in pack("nodes").NODES:
        for each in node.GET_SCHEMA().inputs:
            assert is_wire(each) == ("forceInput" in each.extra_dict), each.id


def test_every_node_is_found_by_other_words(pack):
    aliases = pack("host.finding").SEARCH_ALIASES
    ids = {node.GET_SCHEMA().node_id for node in pack("nodes").NODES}
    assert set(aliases) == ids
    assert all(words and len({*words}) == len(words) for words in aliases.values())


def test_what_is_folded_away_are_fields_that_are_there(pack):
    finding = pack("host.finding")
    schemas = {node.GET_SCHEMA().node_id: node.GET_SCHEMA() for node in pack("nodes").NODES}
    assert set(schemas) >= finding.INTERMEDIATE_OUTPUT
    is_wire = pack("host.schemas").is_wire
    for node_id, names in finding.ADVANCED.items():
        fields = {each.id for each in schemas[node_id].inputs if not is_wire(each)}
        assert fields >= set(names)


def test_a_host_is_told_only_what_it_knows(host, pack):
    fitted_schema = pack("host.schemas").fitted_schema
    io = host("comfy_api.latest").io
    old = io.Schema("GLIGEN_Layout", inputs=[io.Int.Input("tolerance")])
    before = dict(vars(old))
    assert vars(fitted_schema(old, frozenset(), frozenset())) == before
    assert old.inputs[0].extra_dict == {}


def test_a_newer_host_is_told_more(host, pack):
    """No host that can be had here has these fields: a schema with them stands in for one."""
    fitted_schema = pack("host.schemas").fitted_schema
    io = host("comfy_api.latest").io
    newer = dataclasses.make_dataclass(
        "NewerSchema",
        [("search_aliases", list, None), ("has_intermediate_output", bool, False)],
        bases=(io.Schema,),
    )
    told = fitted_schema(newer("GLIGEN_Layout"), NEWER, frozenset())
    assert "regional prompt" in told.search_aliases and told.has_intermediate_output is True
    plain = fitted_schema(newer("GLIGEN_Apply"), NEWER, frozenset())
    assert plain.has_intermediate_output is False
    ground = newer("GLIGEN_Ground", inputs=[io.Int.Input("tolerance"), io.Combo.Input("overflow")])
    told = fitted_schema(ground, NEWER, frozenset({"advanced"}))
    assert [each.extra_dict for each in told.inputs] == [{"advanced": True}, {}]
