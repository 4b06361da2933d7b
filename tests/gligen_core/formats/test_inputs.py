"""What people have, read, asked about or refused: the table of docs/formats.md, row by row.

The truth: a picture of 1000 x 500, a dog at (100, 50)-(300, 250), a car at (500, 100)-(900, 400).
"""

import json

import pytest
from inputs import BOTH, CAR, CASES, DOG

from gligen_core.errors import GligenError
from gligen_core.formats import Canvas, Context, Options, read
from gligen_core.layout import frames_of

PICTURE = Canvas(1000, 500)


def written(data):
    return data if isinstance(data, str) else json.dumps(data)


def reading(case):
    context = Context(
        PICTURE if case.sized else None, "node", options=Options(**(case.options or {}))
    )
    return read(written(case.data), context), context


def found(layouts):
    layout = frames_of(layouts)[0]
    return [(e.text, tuple(round(v) for v in e.box.pixels(1000, 500))) for e in layout.entities]


@pytest.mark.parametrize("case", [c for c in CASES if c.boxes is not None], ids=lambda c: c.name)
def test_what_is_certain_is_read(case):
    layouts, context = reading(case)
    assert found(layouts) == list(case.boxes)
    *notes, verdict = context.warnings
    assert verdict.split(", ")[0] == case.form
    for words in case.says:
        assert any(words in note for note in [*notes, verdict]), context.warnings


@pytest.mark.parametrize("case", [c for c in CASES if c.boxes is None], ids=lambda c: c.name)
def test_what_is_in_doubt_is_asked_and_what_is_unknown_refused(case):
    with pytest.raises(GligenError) as refusal:
        reading(case)
    assert str(refusal.value).startswith("node")
    for words in case.says:
        assert words in str(refusal.value)


def test_the_names_of_the_cases_are_their_own():
    assert len({case.name for case in CASES}) == len(CASES)
    assert BOTH == (DOG, CAR)
