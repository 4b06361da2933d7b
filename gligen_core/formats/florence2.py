"""Florence-2's answers: `{"bboxes": [[x0, y0, x1, y1], ...], "labels": [...]}` in pixels.

One for each picture of a batch. Region tasks give the bare list of boxes, without labels; optical
character recognition gives `quad_boxes`, eight numbers each. Corners may come in the wrong order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, LayoutSequence, frames_of
from ..layout.fields import shown
from .reading import (
    Canvas,
    Placing,
    phrase_of,
    read_coordinate,
    read_data,
    read_four,
    read_frames,
    read_items,
    scalar,
    sequence,
)

QUAD = 8  # numbers of a box with four free corners
END_OF_TEXT = "</s>"  # a token that its character recognition leaves before the first label


def parse(
    data: Any,
    canvas: Canvas | None = None,
    source: str = "Florence-2",
    warnings: list[str] | None = None,
) -> LayoutSequence:
    """canvas: size of the pictures that were looked at, which the answer does not tell"""
    value, canvas = read_data(data, source), canvas or Canvas()
    placing = Placing(source, warnings)
    answers = [value] if isinstance(value, Mapping) else read_frames(value, source)
    if answers and _is_box(answers[0]):
        answers = [answers]  # the bare list of a single picture
    layouts = [
        _picture(answer, canvas, placing, f"{source}: picture {number}")
        for number, answer in enumerate(answers, 1)
    ]
    placing.check()
    return sequence(layouts, source)


def dump(layouts: Layouts) -> list[dict[str, Any]]:
    """An answer for each frame."""
    return [
        {
            "bboxes": [
                list(entity.box.pixels(layout.width, layout.height)) for entity in layout.entities
            ],
            "labels": [entity.text for entity in layout.entities],
        }
        for layout in frames_of(layouts)
    ]


def is_answer(value: Any) -> bool:
    return isinstance(value, Mapping) and ("bboxes" in value or "quad_boxes" in value)


def _picture(answer: Any, canvas: Canvas, placing: Placing, where: str) -> Layout:
    if isinstance(answer, Mapping):
        if not is_answer(answer):
            raise GligenError(f"{where}: {shown(answer)}; expected 'bboxes' and 'labels'.")
        boxes = read_items(answer.get("bboxes", answer.get("quad_boxes")), "boxes", where)
        labels = read_items(answer.get("labels", ()), "labels", where)
        if labels and len(labels) != len(boxes):
            raise GligenError(
                f"{where}: {len(boxes)} boxes and {len(labels)} labels; expected one for each."
            )
    else:
        boxes, labels = read_items(answer, "boxes", where), ()
    entities: list[Entity] = []
    for number, item in enumerate(boxes, 1):
        place = f"{where}: box {number}"
        box = placing.box(_corners(item, place), canvas, place)
        if box is not None:
            text = phrase_of(labels[number - 1]).removeprefix(END_OF_TEXT) if labels else ""
            entities.append(Entity(f"e{len(entities) + 1}", box, text))
    return canvas.layout(entities)


def _corners(item: Any, where: str) -> list[float]:
    if isinstance(item, list | tuple) and len(item) == QUAD:
        numbers = [read_coordinate(number, where) for number in item]
        xs, ys = numbers[::2], numbers[1::2]
        return [min(xs), min(ys), max(xs), max(ys)]
    return read_four(item, "[x0, y0, x1, y1] in pixels", where)


def _is_box(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and scalar(value[0]) is not None
