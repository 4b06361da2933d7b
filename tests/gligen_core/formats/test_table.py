"""docs/formats.md says what the rows say, and the limits that the parsers hold."""

from devtools.formats_page import PAGE, page
from gligen_core.formats import BY_NAME, EXPORTS, FORMATS
from gligen_core.formats.masks import MAX_MASKS
from gligen_core.formats.values import MAX_PROSE
from gligen_core.layout.fields import MAX_BOXES, MAX_ITEMS, MAX_POSES
from gligen_core.layout.read import MAX_BRACKETS, MAX_LAYOUTS, MAX_TEXT


def test_the_page_is_what_the_command_writes():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python3 dev.py python -m devtools.formats_page"
    for row in FORMATS:
        assert f"| {row.title or row.name} | {row.sign} |" in text


def test_the_page_states_the_limits():
    text = PAGE.read_text(encoding="utf-8")
    for limit in (
        *(MAX_TEXT, MAX_BRACKETS, MAX_PROSE, MAX_ITEMS),
        *(MAX_BOXES, MAX_POSES, MAX_LAYOUTS, MAX_MASKS),
    ):
        assert f"{limit:,}" in text


def test_what_is_written_is_said_by_the_rows():
    assert next(iter(EXPORTS)) == "layout JSON"  # which carries everything
    assert {row.name for row, _ in EXPORTS.values()} <= set(BY_NAME)
    assert {"BBOX xyxy", "BBOX xywh"} <= set(EXPORTS) and "SEGS" not in EXPORTS
