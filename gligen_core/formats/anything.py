"""Boxes of a kind that nobody named: told apart by their shape, which leaves no doubt, or asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import GligenError
from ..layout import Layout, Layouts, LayoutSequence, frames_of, still_or_sequence
from ..layout.fields import shown
from . import (
    answers,
    bbox,
    bounding_box,
    coco,
    elements,
    florence2,
    gligen_gui,
    layout_json,
    openpose,
    segs,
    splines,
    tracking,
)
from .reading import Canvas, read_data, read_items


def parse(
    data: Any,
    canvas: Canvas | None = None,
    order: bbox.Order | None = None,
    picture: str | None = None,
    source: str = "boxes",
    warnings: list[str] | None = None,
) -> Layouts:
    """Boxes or poses of any format in this folder that holds them as objects or as JSON.

    canvas: size of the picture, for pixels without one · order: what bare tuples mean
    picture: file name or id of one picture of a COCO data set
    """
    if isinstance(data, Layout | LayoutSequence):
        return data
    if isinstance(data, str) and not data.strip():
        raise GligenError(f"{source}: the text is empty; expected boxes as JSON.")
    value = _read(data, source)
    if isinstance(value, list | tuple):
        read_items(value, "boxes or frames", source)  # not too many
    first = _first(value)
    if segs.is_segs(value):
        return segs.parse(value, source, warnings)
    if openpose.is_frame(value) or openpose.is_frame(first):
        return _still(openpose.parse(value, canvas, source=source))
    if isinstance(value, Mapping):
        if layout_json.is_layout(value):
            return layout_json.parse(value, source, warnings)
        if gligen_gui.is_session(value):
            return gligen_gui.parse(value, source, warnings)
        if "annotations" in value:
            return coco.parse(value, _name(picture), source=source, warnings=warnings)
        if bounding_box.is_box(value):
            return _still(bounding_box.parse(value, canvas, source, warnings))
        if florence2.is_answer(value):
            return _still(florence2.parse(value, canvas, source, warnings))
        if not _names_a_list(value) and tracking.is_tracking(value):
            return _still(tracking.parse(value, source=source, warnings=warnings))
        return answers.parse_objects(value, canvas, source, warnings)
    if isinstance(first, Mapping):
        if layout_json.is_layout(first):
            return layout_json.parse(value, source, warnings)
        if florence2.is_answer(first):
            return _still(florence2.parse(value, canvas, source, warnings))
        if bounding_box.is_box(first):
            return _still(bounding_box.parse(value, canvas, source, warnings))
        if set(first) == {"x", "y"}:
            return _still(splines.parse(value, canvas, source=source, warnings=warnings))
        if elements.is_element(first) or first is not value[0]:
            return elements.parse(value, canvas, source, warnings)
        return answers.parse_objects(value, canvas, source, warnings)
    if isinstance(value, list | tuple) or hasattr(value, "shape"):
        if _all_empty(value):
            return _still(bounding_box.parse(value, canvas, source, warnings))
        return _still(bbox.parse(value, order, canvas, source, warnings))
    raise GligenError(f"{source}: {shown(value)} holds no boxes that are known here.")


def _read(data: Any, source: str) -> Any:
    """JSON, or a path as KJNodes writes it, in single quotes."""
    if isinstance(data, str) and data.lstrip()[:2] in ("[{", "[[") and '"' not in data:
        data = data.replace("'", '"')
    return read_data(data, source)


def _name(picture: str | None) -> str | int | None:
    """COCO numbers its pictures."""
    return int(picture) if picture and picture.isascii() and picture.isdecimal() else picture


def _still(layouts: LayoutSequence) -> Layouts:
    return still_or_sequence(frames_of(layouts))


def _first(value: Any) -> Any:
    """The first object in a list, or in a list of lists."""
    if not isinstance(value, list | tuple):
        return None
    for item in value:
        if isinstance(item, Mapping):
            return item
        if isinstance(item, list | tuple) and item:
            return item[0]
    return None


def _all_empty(value: Sequence[Any]) -> bool:
    return all(hasattr(item, "__len__") and not len(item) for item in value)


def _names_a_list(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(name), list) for name in answers.LISTS)
