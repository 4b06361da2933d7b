"""docs/formats.md says what CARRIES says, and the limits that the parsers hold."""

from pathlib import Path

from gligen_core.formats import CARRIES
from gligen_core.formats.masks import MAX_MASKS
from gligen_core.formats.reading import MAX_PROSE
from gligen_core.layout.fields import MAX_BOXES, MAX_ITEMS, MAX_POSES
from gligen_core.layout.read import MAX_BRACKETS, MAX_LAYOUTS, MAX_TEXT

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"
COLUMNS = ("boxes", "phrases", "poses", "frames", "canvas", "ids", "strength", "scores", "images")


def line(row):
    marks = ("yes" if getattr(row, column) else "-" for column in COLUMNS)
    return f"| {row.title} | {' | '.join(marks)} | {row.grid} |"


def test_the_page_has_every_row_of_the_table():
    text = PAGE.read_text(encoding="utf-8")
    assert f"| format | {' | '.join(COLUMNS)} | places |" in text
    for row in CARRIES.values():
        assert line(row) in text, f"write this line into docs/formats.md:\n{line(row)}"


def test_the_page_states_the_limits():
    text = PAGE.read_text(encoding="utf-8")
    for limit in (
        *(MAX_TEXT, MAX_BRACKETS, MAX_PROSE, MAX_ITEMS),
        *(MAX_BOXES, MAX_POSES, MAX_LAYOUTS, MAX_MASKS),
    ):
        assert f"{limit:,}" in text
