"""What the bench makes of its measurements; how fast anything is, it says itself."""

import json
from dataclasses import replace

import pytest

from devtools.bench.counts import arithmetic
from devtools.bench.plan import PLAIN, Case, plan, star
from devtools.bench.report import describe, steps_table, write_report
from devtools.bench.subjects import places
from devtools.bench.timing import Lap, Spread, Timed, pooled, ratios, take_turns
from devtools.bench.verdicts import Reading, verdicts

CASE = Case(subjects=(PLAIN, "stock", "open", "shut", "diffusers"), steps=2, least=3, seconds=0)
TIMES = {PLAIN: 1.0, "stock": 2.0, "open": 1.4, "shut": 1.005, "diffusers": 1.6}


def laps(seconds, rounds=3):
    """Of rounds that grow slower all together."""
    return tuple(Lap(2, 2 * seconds * (1 + n), seconds, 2, 4, 1) for n in range(rounds))


def run(times=TIMES, **sections):
    """The JSON of a run of a single case."""
    timed = Timed(CASE, {name: laps(seconds) for name, seconds in times.items()})
    work = {"axis": "", "arithmetic": {"plain": 100, "fusers": 41}}
    results = {"steps": [work | timed.to_json()], **sections}
    return {
        "version": 1,
        "device": "cpu",
        "environment": dict.fromkeys(
            "cpu cores threads gpu system python torch diffusers transformers comfyui".split(), "?"
        ),
        "sections": {
            name: {"date": "today", "commit": "c", "results": rows}
            for name, rows in results.items()
        },
        "failed": {},
        "not_measured": {"kernels": "no GPU"},
    }


def test_a_spread_is_the_median_between_the_lowest_and_the_highest():
    assert Spread.of([5.0, 1.0, 2.0, 4.0, 3.0]) == Spread(3.0, 1.0, 5.0, 5)
    assert Spread.of([7.0]) == Spread(7.0, 7.0, 7.0, 1)


@pytest.mark.parametrize(
    "values, met",
    [
        ([0.9, 1.0], True),
        ([1.1, 1.2, 1.3], False),
        ([0.9, 0.9, 1.1], None),  # the median is under the limit, and yet it is not decided
        ([0.9], None),  # one round decides nothing
    ],
)
def test_a_ratio_whose_range_crosses_its_target_is_not_decided(values, met):
    assert Spread.of(values).at_most(1.0) is met


def test_ratios_are_taken_round_by_round():
    # The second round was slow for both; over all rounds the medians would give 2.5.
    assert ratios([1.5, 30.0, 3.0], [1.0, 20.0, 2.0]) == Spread(1.5, 1.5, 1.5, 3)


def test_rounds_of_several_cases_are_pooled():
    one, other = (
        Timed(CASE, {PLAIN: laps(1.0, rounds), "shut": laps(shut, rounds)})
        for shut, rounds in ((1.0, 1), (1.5, 2))
    )
    assert pooled([one, other], "shut") == Spread(1.5, 1.0, 1.5, 3)


class Runner:
    def __init__(self, name, order):
        self.name, self._order = name, order

    def lap(self, steps):
        self._order.append(self.name)
        return Lap(steps, 1.0, 1.0, steps, steps, 0)


def test_subjects_take_turns_and_each_round_begins_with_another():
    order = []
    subjects = [Runner(name, order) for name in "abc"]
    timed = take_turns(replace(CASE, subjects=tuple("abc")), subjects)
    assert "".join(order) == "abc" + "bca" + "cab"
    assert [len(row) for row in timed.laps.values()] == [3, 3, 3]


def test_a_timed_case_survives_its_json():
    timed = Timed(CASE, {name: laps(seconds) for name, seconds in TIMES.items()})
    assert Timed.from_json(json.loads(json.dumps(timed.to_json()))) == timed


def test_a_star_differs_from_its_base_in_one_axis_each():
    base = Case()
    cases = star(base, replace(base, boxes=30), replace(base, width_px=768), replace(base, batch=4))
    assert cases[0] is base and len(cases) == 4
    with pytest.raises(AssertionError):
        star(base, replace(base, boxes=30, batch=4))


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("quick", [False, True])
def test_every_plan_holds_the_axes_and_the_shortcuts(device, quick):
    made = plan(device, quick, ("reuse 2",))
    assert {case.dtype for case in made.steps} <= {"float32", "float16", "bfloat16"}
    assert {case.boxes for case in made.steps} >= {4, 30}
    assert "reuse 2" in made.shortcuts[0].subjects
    assert made.growth.keys() == {"boxes", "pixels", "batch"}
    if not quick:
        assert {case.boxes for case in made.steps} == {1, 4, 30}
        assert {case.batch for case in made.steps} == {1, 4}
        sizes = {(case.width_px, case.height_px) for case in made.steps}
        assert sizes >= {(512, 512), (768, 512)}
        assert {case.boxes for case in made.growth["boxes"]} >= {1, 300}
        assert {case.batch for case in made.growth["batch"]} >= {1, 16}
        assert {case.width_px for case in made.growth["pixels"]} >= {256, 1024}


def test_boxes_lie_apart_on_the_canvas():
    boxes = places(30)
    assert len(boxes) == 30
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for x0, y0, x1, y1 in boxes)
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert (
                one[2] <= other[0]
                or other[2] <= one[0]
                or one[3] <= other[1]
                or (other[3] <= one[1])
            )


def test_the_arithmetic_of_a_step_is_that_of_the_issue():
    # Counted before there was a bench: 1607 GFLOP, and 667 in the fusers, for a batch of two.
    work = arithmetic(Case(width_px=512, height_px=512))
    assert work.plain / 1e9 == pytest.approx(1607, rel=0.01)
    assert work.fusers / 1e9 == pytest.approx(667, rel=0.01)


def test_arithmetic_of_the_fusers_grows_with_boxes_above_thirty():
    case = Case(width_px=64, height_px=64)
    one = arithmetic(case)
    assert arithmetic(replace(case, boxes=30)) == one
    assert arithmetic(replace(case, boxes=300)).fusers > one.fusers


def test_targets_tell_what_was_met():
    found = {v.what.split(",")[0]: v for v in verdicts(Reading(run()))}
    met = {what: verdict.met for what, verdict in found.items()}
    assert met == {
        "gate shut": True,
        "gate open": True,
        "beside the stock nodes": True,
        "beside diffusers": True,
        "UNet calls": True,
    }
    slow = {v.what.split(",")[0]: v.met for v in verdicts(Reading(run(TIMES | {"open": 1.7})))}
    assert slow["gate open"] is False and slow["beside diffusers"] is False
    assert slow["beside the stock nodes"] is True


def test_the_tables_hold_ratios_and_the_floor():
    head, row = steps_table(Reading(run()))
    cells = dict(zip(head, row, strict=True))
    assert cells["this pack, gate open"].startswith("1.400 (")
    assert cells["stock nodes"].startswith("2.000 (")
    assert cells["floor"] == "1.410"


def test_a_report_is_a_page_with_its_picture_and_says_what_is_missing(tmp_path):
    pictures = [{"shortcut": "open", "psnr_db": [30.0, 40.0], "iou": 0.7, "exact_iou": 0.7}]
    data = run(pictures=pictures)
    write_report([data], tmp_path)
    page = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert describe([data]) in page
    assert "- kernels: no GPU" in page
    assert "## On a GPU\n\nNot measured" in page
    assert "today to today, at c" in page
    assert (tmp_path / "images" / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_on_a_gpu_stands_beside_that_on_the_cpu(tmp_path):
    cuda = run() | {"device": "cuda"}
    cuda["environment"]["gpu"] = "Some GPU"
    write_report([run(), cuda], tmp_path)
    page = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert "## On a GPU: Some GPU" in page and "Not measured: no GPU was" not in page
