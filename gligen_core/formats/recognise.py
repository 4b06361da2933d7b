"""Which format data are in: one loop over FORMATS, those with the surest signs first.

A format claims data by what no other has; the last ones take what only a person can settle.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts, LayoutSequence
from ..layout.fields import shown
from ..layout.read import MAX_TEXT
from ..text import logger
from . import (
    bbox,
    bounding_box,
    coco,
    coco_results,
    columns,
    css,
    csv_table,
    cvat,
    elements,
    fiftyone,
    florence2,
    gligen_gui,
    inline,
    label_studio,
    labelme,
    layout_json,
    lmd,
    lmd_cache,
    masks,
    openpose,
    pairs,
    pictures,
    rows,
    segs,
    splines,
    stock_graph,
    tags,
    tracking,
    via,
    voc,
    vott,
    yolo,
)
from .format import Format
from .parsing import Canvas, Context, Options, Order, Units
from .texts import last_value, value_in
from .values import MAX_PROSE, is_array, read_items, read_prose

FORMATS: tuple[Format, ...] = (
    layout_json.FORMAT,
    coco.FORMAT,
    yolo.FORMAT,
    openpose.FORMAT,
    masks.FORMAT,
    segs.FORMAT,
    tracking.FORMAT,
    gligen_gui.FORMAT,
    stock_graph.FORMAT,
    lmd_cache.FORMAT,
    labelme.FORMAT,
    vott.FORMAT,
    label_studio.FORMAT,
    via.FORMAT,
    fiftyone.FORMAT,
    elements.FORMAT,
    coco_results.FORMAT,
    bounding_box.FORMAT,
    florence2.FORMAT,
    columns.FORMAT,
    splines.FORMAT,
    pairs.FORMAT,
    pictures.FORMAT,
    rows.FORMAT,
    bbox.FORMAT,
    voc.FORMAT,
    cvat.FORMAT,
    csv_table.FORMAT,
    tags.FORMAT,
    lmd.FORMAT,
    css.FORMAT,
    inline.FORMAT,
)
BY_NAME: dict[str, Format] = {each.name: each for each in FORMATS}
assert len(BY_NAME) == len(FORMATS)

EXPORTS: Mapping[str, tuple[Format, Options]] = MappingProxyType(
    {name: (each, options) for each in FORMATS for name, options in each.exports}
)
"""Name of a format that is written as text -> its row, and how."""

_log = logger(__name__)


def read(data: Any, context: Context, form: str | None = None) -> Layouts:
    """Boxes or poses of any format. form: the name of the only one to try

    The verdict on what was read goes to the log and to the end of the context's warnings.
    """
    if isinstance(data, Layout | LayoutSequence):
        return data
    if form is not None:
        value = data if BY_NAME[form].is_text else _value(data, context)
        layouts = BY_NAME[form].parse(value, context)
    else:
        layouts = _recognised(data, context)
    verdict = context.tally.verdict(layouts)
    context.warnings.append(verdict)
    _log.info("%s: %s", context.source, verdict)
    return layouts


def recognised(value: Any) -> Format | None:
    """The first format that claims objects, or text that is no JSON; endless text is no prose."""
    is_long = isinstance(value, str) and len(value) > MAX_PROSE
    return next((e for e in FORMATS if not (is_long and e.is_prose) and e.recognises(value)), None)


def parse_anything(
    data: Any,
    canvas: Canvas | None = None,
    order: Order | None = None,
    picture: str | int | None = None,
    source: str = "boxes",
    warnings: list[str] | None = None,
    units: Units | None = None,
) -> Layouts:
    """`read` by its options: canvas: size of the picture, for pixels without one · order, units:
    what bare numbers mean · picture: file name or id of one of several"""
    options = Options(order=order, units=units, picture=picture)
    noted = warnings if warnings is not None else []
    return read(data, Context(canvas, source, noted, options))


def _recognised(data: Any, context: Context) -> Layouts:
    source = context.source
    value = _value(data, context)
    if isinstance(value, list | tuple) or is_array(value):
        if len(getattr(value, "shape", ())) != masks.AXES:
            read_items(value, "boxes or frames", source)  # not too many
    if _is_empty(value):
        return bounding_box.parse(value, context)
    found = recognised(value)
    if found is not None and not found.is_prose:
        return found.parse(value, context)
    if isinstance(value, str):
        inner = last_value(read_prose(value, source), _says_something, context)
        if inner is not None:
            return _recognised(inner, context)
        if found is not None:
            return found.parse(value, context)
        raise _nothing_in(value, source)
    raise GligenError(f"{source}: {shown(value)} holds no boxes that are known here. {_known()}")


def _value(data: Any, context: Context) -> Any:
    """JSON text as the objects it stands for, other text as it is."""
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8")
        except UnicodeDecodeError as mistake:
            raise GligenError(f"{context.source}: not text in UTF-8: {mistake}.") from mistake
    if not isinstance(data, str):
        return data
    if len(data) > MAX_TEXT:
        raise GligenError(
            f"{context.source}: {len(data):,} characters; at most {MAX_TEXT:,} are read."
        )
    if not data.strip():
        raise GligenError(f"{context.source}: the text is empty; expected boxes as JSON.")
    value = value_in(data, context)
    claimed = value is not None and (_is_empty(value) or recognised(value) is not None)
    # `[('a cat', [1, 2, 3, 4])]` is LMD's, and Python's notation of pairs as well.
    if isinstance(value, list | tuple) and recognised(data) is lmd.FORMAT:
        return data
    return value if value is not None and (claimed or recognised(data) is None) else data


def _says_something(value: Any) -> bool:
    """Whether a value within talk can be meant: it is of a known format, and no bare numbers."""
    found = recognised(value)
    return found is not None and found is not bbox.FORMAT and bool(value)


def _is_empty(value: Any) -> bool:
    """No boxes, in one picture or in each of several."""
    return isinstance(value, list | tuple) and all(
        isinstance(item, list | tuple) and not item for item in value
    )


def _nothing_in(text: str, source: str) -> GligenError:
    return GligenError(
        f"{source}: no layout in {shown(text)}; expected JSON in a fenced block, a list of "
        "('phrase', [x, y, width, height]), or lines of 'name {height: ...px; width: ...px; "
        f"top: ...px; left: ...px; }}'; this is not JSON. {_known()}"
    )


def _known() -> str:
    return f"Export to one of {', '.join(each.title or each.name for each in FORMATS)}."
