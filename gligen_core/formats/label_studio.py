"""Label Studio: tasks with results in percent of the picture, turned about their upper left corner.

The full export (`annotations`, `result`, `value`) and the small one (`label`, `rectanglelabels`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import cos, radians, sin
from typing import Any

from ..layout import Layouts
from .choosing import Picture
from .field_names import label_of, plain_fields
from .format import Format
from .parsing import Canvas, Context
from .rows import canvas_in, names_of, read_pictures
from .values import BrokenValue, around, read_coordinate, scalar

SIDES = ("x", "y", "width", "height")
KINDS = ("rectanglelabels", "polygonlabels", "ellipselabels", "brushlabels", "labels")


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which task. Of several annotations of one, the last is read."""
    pictures: list[Picture] = []
    for task in _tasks(data):
        results = _results(task, context)
        first = next((each for each in results if "original_width" in each), {})
        canvas = canvas_in(first, context.source)
        shape = canvas or context.canvas or Canvas()
        rows = [
            _row(each, f"{context.source}: result {n}", shape, context)
            for n, each in enumerate(results, 1)
        ]
        inner = task.get("data")
        names = (*names_of(inner if isinstance(inner, Mapping) else {}), *names_of(task))
        names = (*names, task.get("id"))
        pictures.append(Picture(names, canvas, [row for row in rows if row is not None]))
    return read_pictures(pictures, context, "Label Studio", "percent")


def recognises(value: Any) -> bool:
    """A task, or tasks, with results that have labels of a shape."""
    return any(any(True for _ in _all_results(task)) for task in _tasks(value))


def _tasks(value: Any) -> Iterator[Mapping[str, Any]]:
    items = value if isinstance(value, list | tuple) else [value]
    for item in items:
        if isinstance(item, Mapping) and any(True for _ in _all_results(item)):
            yield item


def _all_results(task: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    """Each annotation's results: objects that are a `value`, or hold one."""
    lists = [task.get(name) for name in ("result", "label", "bbox", "objects")]
    for name in ("annotations", "completions", "predictions"):
        inner = task.get(name)
        for each in inner if isinstance(inner, list | tuple) else ():
            if isinstance(each, Mapping) and not each.get("was_cancelled"):
                lists.append(each.get("result"))
    for results in lists:
        found = [
            {**each, **each["value"]} if isinstance(each.get("value"), Mapping) else each
            for each in (results if isinstance(results, list | tuple) else ())
            if isinstance(each, Mapping)
        ]
        if any(_is_marked(each) and _is_shaped(each) for each in found):
            yield found


def _is_marked(result: Mapping[str, Any]) -> bool:
    """Labels of a kind of shape, which no other tool writes; bare `labels` are others' as well."""
    return any(kind in result for kind in KINDS[:-1]) or "original_width" in result


def _is_shaped(result: Mapping[str, Any]) -> bool:
    return all(side in result for side in SIDES) or "points" in result or "radiusX" in result


def _results(task: Mapping[str, Any], context: Context) -> list[Mapping[str, Any]]:
    several = list(_all_results(task))
    if len(several) > 1:
        context.note(
            f"{context.source}: {len(several)} annotations of one picture; the last one is read."
        )
    return several[-1]


def _row(
    result: Mapping[str, Any], where: str, shape: Canvas, context: Context
) -> dict[str, Any] | None:
    """A result as a row with corners in percent; None for what has no area (choices, points)."""
    text = label_of(plain_fields({kind: result[kind] for kind in KINDS if kind in result}))
    if "points" in result:
        return {"label": text, "points": result["points"]}
    if scalar(result.get("radiusX")) is not None:
        x, y, across, down = (
            read_coordinate(result.get(name), where) for name in ("x", "y", "radiusX", "radiusY")
        )
        return {"label": text, "xyxy": [x - across, y - down, x + across, y + down]}
    if not all(side in result for side in SIDES):
        return None
    try:
        x, y, width, height = (read_coordinate(result[side], where) for side in SIDES)
    except BrokenValue:
        return {"label": text, "xyxy": None}
    angle = radians(scalar(result.get("rotation")) or 0.0)
    ratio = shape.width / shape.height  # percent of the sides are no squares
    turned = [
        (
            x + across * cos(angle) - down / ratio * sin(angle),
            y + across * ratio * sin(angle) + down * cos(angle),
        )
        for across, down in ((0, 0), (width, 0), (0, height), (width, height))
    ]
    return {"label": text, "xyxy": list(around(*map(list, zip(*turned, strict=True))))}


FORMAT = Format(
    name="Label Studio",
    sign="results with `rectanglelabels` in percent",
    recognises=recognises,
    parse=parse,
)
