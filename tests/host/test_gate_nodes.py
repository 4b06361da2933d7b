"""Gate Curve and Gate per Block: what they make, what they refuse, and what reaches the run."""

import json

import pytest
from studio import close

from gligen_core.bases.blocks import parse_block


@pytest.fixture
def gates(pack):
    return pack("nodes.gate")


@pytest.fixture
def schedules(pack):
    return pack("gligen_core.gate.schedule").GateSchedule


def test_the_example_in_the_widget_is_what_apply_does_without_a_gate(gates, schedules):
    assert gates.GateCurve.execute(gates.EXAMPLE)[0] == schedules.phases(0.3, 0, 0.7)


def test_the_canvas_is_offered_the_phases_and_blocks_that_the_core_knows(host, gates):
    node = host("nodes").NODE_CLASS_MAPPINGS["GLIGEN_GateCurve"]
    _, options = node.INPUT_TYPES()["required"]["gate"]
    offered = {name: gates.Phases(*shares) for name, shares in options["phases"].items()}
    assert offered == gates.PHASE_PRESETS
    assert options["phases"]["inpaint"] == (1.0, 0.0, 0.0)
    assert options["blocks"][:2] == ["input.1", "input.2"]
    assert len({parse_block(place) for place in options["blocks"]}) == 16


def test_a_drawn_curve_is_the_schedule_of_its_points(gates, schedules):
    text = json.dumps({"points": [[0, 1], [0.5, 0.25]], "counts": "timestep"})
    gate = gates.GateCurve.execute(text)[0]
    assert gate == schedules.curve([(0, 1), (0.5, 0.25)], "timestep")


def test_a_wired_curve_takes_the_place_of_the_drawn_one_and_nothing_else(gates, schedules):
    text = json.dumps({"phases": [1, 0, 0], "counts": "timestep", "blocks": {"output": 0.5}})
    gate = gates.GateCurve.execute(text, {"points": [[0, 0.5], [1, 0]]})[0]
    drawn = schedules.curve([(0, 0.5), (1, 0)], "timestep")
    assert gate == drawn.with_block_scale({"output": 0.5})


def test_a_broken_gate_is_refused_before_anything_runs(gates):
    answer = gates.GateCurve.validate_inputs('{"points": [[0, 1], [2, 0]]}')
    assert answer.startswith("GLIGEN Gate Curve: ") and "progress of 0 to 1" in answer
    assert gates.GateCurve.validate_inputs(None) is True
    assert gates.GateCurve.validate_inputs(gates.EXAMPLE) is True


def test_a_drawn_curve_reaches_the_fusers_step_by_step(studio, gates):
    gate = gates.GateCurve.execute('{"points": [[0, 1], [1, 0]], "blocks": {"middle": 0}}')[0]
    model, calls = studio.watched(studio.apply(gate=gate)[0])
    studio.ksampler(model, *studio.apply(gate=gate)[1:], steps=5)
    seen = [call.fusing[0] for call in calls if call.fusing]
    assert len(calls) == 5 and len(seen) == 4  # the last step is the plain model's
    for (_, row, columns), expected in zip(seen, (1, 0.75, 0.5, 0.25), strict=True):
        assert {block.section for block in columns} == {"input", "output"}
        for column in columns.values():
            assert float(row[0, column]) == expected


def test_factors_per_block_multiply_those_of_the_gate(gates, schedules):
    gate = schedules.phases(1, 0, 0).with_block_scale({"output.3": 0.5})
    made = gates.GatePerBlock.execute(gate, 1.0, 0.0, 0.5, "output.4: 2\n\ninput.1.0: 0.25")[0]
    expected = {"input.1.0": 0.25, "input.2.0": 1, "middle.0.0": 0, "output.5.0": 0.5}
    expected |= {"output.4.0": 2, "output.3.0": 0.25}
    found = {name: made.factor(parse_block(name)) for name in expected}
    assert found == expected
    assert gate.block_scale == (("output.3", 0.5),)  # what came in stays as it was


def test_a_factor_of_nothing_changes_no_picture(studio, gates, schedules):
    gate = schedules.phases(0.5, 0, 0.5)
    same = gates.GatePerBlock.execute(gate, 1.0, 1.0, 1.0, "")[0]
    pictures = [studio.ksampler(*studio.apply(gate=each)) for each in (gate, same)]
    assert close(*pictures)


@pytest.mark.parametrize(
    "blocks, says",
    [
        ("output.3", "line 1 is 'output.3'; expected a block, a colon"),
        ("\noutput: half", "line 2 is 'output: half'"),
        ("attic: 1", "'attic' names no place in the UNet"),
        ("output: -1", "expected 0 or more"),
        ("output: nan", "expected 0 or more"),
    ],
)
def test_a_line_that_is_no_block_is_refused(gates, blocks, says):
    assert says in gates.GatePerBlock.validate_inputs(blocks)
