"""The loop over a generator whose pictures obey as far as the gate is open.

Its pictures are the layouts of what is in them, so that the detector reads them as they are.
"""

import pytest

from gligen_core.evaluation.closed_loop import loop_worth, run_loop
from gligen_core.evaluation.layout_sets import OBJECTS, hard_layouts
from gligen_core.evaluation.retry import RetryPolicy, Settings
from gligen_core.layout import Layout

PHRASES = [[f"a {colour} ball"] for colour in ("red", "green", "blue", "pink")]
LAYOUTS = hard_layouts(6, seed=1, phrases=PHRASES)
FIRST = Settings(0, 0.25, 1.0)


def obeying(layout, now):
    """As many things are in their boxes as quarters of the run have the gate open."""
    return layout.with_entities(layout.entities[: int(now.on * len(layout.entities))])


def seen(picture):
    return picture


def test_hard_layouts_ask_for_the_most_things_and_depend_on_their_seed_alone():
    assert {len(layout.entities) for layout in LAYOUTS} == {OBJECTS[1]}
    assert hard_layouts(9, seed=1, phrases=PHRASES)[:6] == LAYOUTS
    assert hard_layouts(6, seed=2, phrases=PHRASES) != LAYOUTS


def test_a_loop_opens_the_gate_until_all_is_placed():
    tried = run_loop(LAYOUTS[0], FIRST, obeying, seen, 20)
    assert tried.successes[0] == 0.25 and tried.successes[-1] == 1 == tried.best
    assert list(tried.successes) == sorted(tried.successes)
    assert len(tried.successes) < 20


def test_a_loop_ends_with_its_tries_or_at_its_goal():
    assert len(run_loop(LAYOUTS[0], FIRST, obeying, seen, 2).successes) == 2
    assert len(run_loop(LAYOUTS[0], FIRST, obeying, seen, 9, RetryPolicy(goal=0.2)).successes) == 1


def test_the_gate_is_told_apart_from_luck():
    worth = loop_worth(LAYOUTS, FIRST, obeying, seen, 4)
    assert worth.first == worth.rerolled == 0.25 < worth.looped
    assert worth.pictures_rerolled == 4 * len(LAYOUTS) >= worth.pictures_looped
    assert worth.to_json()["success_at_0.5_closed_loop"] == worth.looped


def test_luck_helps_both_alike():
    def lucky(layout, now):
        return layout if now.seed % 2 else Layout()

    worth = loop_worth(LAYOUTS, FIRST, lucky, seen, 6)
    assert worth.rerolled == worth.looped > worth.first
    assert worth.first == pytest.approx(0.5)  # seeds 0 to 5
