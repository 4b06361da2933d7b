"""Writes the tables of docs/formats.md from FORMATS: `python -m devtools.formats_page`."""

from __future__ import annotations

from pathlib import Path

from gligen_core.formats import FORMATS, Format

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"
COLUMNS = ("boxes", "phrases", "poses", "frames", "canvas", "ids", "strength", "scores", "images")
TABLES = ("read", "carried")


def read_table() -> str:
    """By what each format is recognised, in the order in which they are tried."""
    rows = (f"| {_title(row)} | {row.sign} | {_writes(row)} |" for row in FORMATS)
    return "\n".join(["| format | recognised by | written |", "|---|---|---|", *rows])


def carried_table() -> str:
    """What each format brings back of a layout."""
    head = f"| format | {' | '.join(COLUMNS)} | places |"
    lines = [head, f"|{'---|' * (len(COLUMNS) + 2)}"]
    for row in FORMATS:
        if row.capabilities is not None:
            given = (getattr(row.capabilities, column) for column in COLUMNS)
            marks = " | ".join("yes" if mark else "-" for mark in given)
            lines.append(f"| {_title(row)} | {marks} | {row.capabilities.grid} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with both tables between their marks as the rows say."""
    for name, table in zip(TABLES, (read_table(), carried_table()), strict=True):
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        assert begin and end, f"docs/formats.md has no marks around the table {name!r}"
        text = f"{before}{begin}{table}\n{end}{after}"
    return text


def _title(row: Format) -> str:
    return row.title or row.name


def _writes(row: Format) -> str:
    """How it leaves: as text under its names, or on a wire."""
    names = ", ".join(name for name, _ in row.exports)
    return names or (f"on a wire ({', '.join(row.types)})" if row.dump else "-")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
