"""Tables of boxes in CSV, told by the names of their columns: OpenImages, supervision, ...."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Layouts
from ..layout.fields import MAX_BOXES, shown
from ..layout.read import MAX_TEXT
from .field_names import plain
from .format import Format
from .parsing import Canvas, Context
from .places import has_place
from .rows import Shape, read_rows, rows_of_one_picture
from .values import number_in, scalar

DELIMITERS = (",", ";", "\t")
GROUP = "isgroupof"  # OpenImages: of several things, like COCO's crowds


def parse(data: Any, context: Context) -> Layouts:
    """One picture; the options' `picture` says which where the table holds several."""
    if len(data) > MAX_TEXT:
        raise GligenError(
            f"{context.source}: {len(data):,} characters; at most {MAX_TEXT:,} are read."
        )
    rows: list[dict[str, Any]] = []
    for row in _rows(data):
        if len(rows) >= MAX_BOXES:
            raise GligenError(f"{context.source}: more than {MAX_BOXES:,} rows.")
        rows.append(row)
    rows = list(rows_of_one_picture(rows, context))
    things = [row for row in rows if row.get(GROUP) != 1]
    if len(things) < len(rows):
        context.tally.left["group"] += len(rows) - len(things)
    canvas = _canvas(things, context)
    return read_rows(things, context, Shape("CSV", canvas, word="row"))


def recognises(value: Any) -> bool:
    """A first line of words that name the sides of a box."""
    if not isinstance(value, str):
        return False
    head = value.lstrip("\ufeff \r\n").partition("\n")[0]
    names = _names(head)
    return len(names) > 3 and has_place(dict.fromkeys(names, 1.0))


def _names(head: str) -> list[str]:
    """Names of the columns, as the table of names spells them."""
    if len(head) > 5000:
        return []
    words = head.strip().split(_delimiter(head))
    names = [plain(word.strip().strip('"')) for word in words]
    return names if all(names) or (names[1:] and all(names[1:])) else []


def _delimiter(head: str) -> str:
    return max(DELIMITERS, key=head.count)


def _rows(text: str) -> Any:
    lines = text.lstrip("\ufeff \r\n").splitlines()
    names = _names(lines[0])
    reader = csv.reader(lines[1:], delimiter=_delimiter(lines[0]))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield {name: _cell(cell) for name, cell in zip(names, cells, strict=False)}
    except csv.Error as mistake:
        raise GligenError(f"CSV: {shown(str(mistake))}") from mistake


def _cell(text: str) -> Any:
    number = number_in(text)
    return text.strip() if number is None else number


def _canvas(rows: Sequence[dict[str, Any]], context: Context) -> Canvas | None:
    """Columns `width` and `height` beside named corners: the picture's, if all rows agree and none
    of them is as large as its box."""
    sizes = {(row.get("width"), row.get("height")) for row in rows}
    if len(sizes) != 1:
        return None
    width, height = next(iter(sizes))
    corners = ("xmin", "ymin", "xmax", "ymax")
    numbers = [[scalar(row.get(name)) for name in corners] for row in rows]
    if scalar(width) is None or scalar(height) is None or any(None in each for each in numbers):
        return None
    x0, _, x1, _ = numbers[0]
    if len(rows) == 1 and x0 is not None and x1 is not None and x1 - x0 == width:
        return None
    return Canvas.read(width, height, context.source)


FORMAT = Format(
    name="CSV",
    sign="a first line that names the sides of a box",
    recognises=recognises,
    parse=parse,
    suffix=".csv",
    is_text=True,
)
