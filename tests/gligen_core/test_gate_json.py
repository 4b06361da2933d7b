"""Gate JSON, and CURVE values. The fixtures are read by the browser's tests too."""

import json
from pathlib import Path

import pytest

from gligen_core.bases.blocks import parse_block
from gligen_core.errors import GligenError
from gligen_core.gate.gate_json import knots_of_curve, parse_gate
from gligen_core.gate.schedule import GateSchedule

FIXTURES = Path(__file__).parents[1] / "fixtures" / "gates"
SCHEDULES = json.loads((FIXTURES / "schedules.json").read_text(encoding="utf-8"))
REFUSED = json.loads((FIXTURES / "refused.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SCHEDULES, ids=lambda case: case["name"])
def test_a_gate_reads_the_same_here_and_in_the_browser(case):
    schedule = parse_gate(json.dumps(case["gate"]))
    steps = len(case["at_step"])
    assert [schedule.at_step(step, steps) for step in range(steps)] == case["at_step"]
    for block, factor in case.get("factors", {}).items():
        assert schedule.factor(parse_block(block)) == factor


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["gate"])
def test_a_broken_gate_names_its_source_and_what_is_wrong(case):
    with pytest.raises(GligenError) as error:
        parse_gate(case["gate"], "Gate Curve")
    assert str(error.value).startswith("Gate Curve: ") and case["says"] in str(error.value)


@pytest.mark.parametrize(
    "value",
    [
        [[0, 1], [0.5, 0.25]],
        [(0.5, 0.25), (0, 1)],  # in any order
        {"points": [[0, 1], [0.5, 0.25]], "interpolation": "linear"},
        [{"x": 0, "y": 1}, {"x": 0.5, "y": 0.25}],
    ],
)
def test_a_curve_of_points_is_those_points(value):
    assert knots_of_curve(value) == ((0, 1), (0.5, 0.25))


class Parabola:
    """Like a curve of newer hosts: control points, and a value at each place."""

    points = ((0.0, 0.0), (0.3, 0.09), (1.0, 1.0))

    def interp(self, x):
        return x * x


def test_a_smooth_curve_is_followed_between_its_points():
    gate = GateSchedule.curve(knots_of_curve(Parabola()))
    assert gate.at_progress(0.3) == pytest.approx(0.09)  # its own points exactly
    for progress in (0.1, 0.45, 0.777):
        assert gate.at_progress(progress) == pytest.approx(progress**2, abs=1e-4)


@pytest.mark.parametrize(
    "value, says",
    [
        ([[0, 2]], "outside the unit square"),
        ([[-0.5, 0]], "outside the unit square"),
        ([], "expected a list"),
        ("0,1", "expected a list"),
        (7, "expected a list"),
        ([[0, None]], "two numbers"),
    ],
)
def test_a_curve_that_is_none_is_refused(value, says):
    with pytest.raises(GligenError, match=says):
        knots_of_curve(value)


def test_scales_per_block_multiply_block_by_block():
    first = GateSchedule.constant().with_block_scale({"output": 0.5, "input.1": 0.25})
    both = first.times_block_scale({"output.3": 0.5, "input": 0.5, "middle": 0})
    other = GateSchedule.constant().with_block_scale({"output.3": 0.5, "input": 0.5, "middle": 0})
    for name in ("input.1.0", "input.2.0", "middle.0.0", "output.3.0", "output.4.0", "output.3.5"):
        block = parse_block(name)
        assert both.factor(block) == first.factor(block) * other.factor(block)
