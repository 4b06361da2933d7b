"""Florence-2's answers: `{"bboxes": [[x0, y0, x1, y1], ...], "labels": [...]}` in pixels.

One for each picture of a batch. Region tasks give the bare list of boxes, without labels; optical
character recognition gives `quad_boxes`, eight numbers each. Corners may come in the wrong order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Layouts, frames_of
from ..layout.fields import shown
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Context
from .placing import Candidate, Placing
from .units import CORNERS, placed
from .values import (
    BrokenValue,
    around,
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
BOXES = ("bboxes", "quad_boxes")
LABELS = ("labels", "bboxes_labels")
OTHERS = frozenset(("scores", "classes", "masks"))  # of other programs, beside `bboxes`


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is the size of the pictures, which the answer does not tell"""
    source, placing = context.source, Placing(context, "Florence-2")
    value = read_data(data, source)
    answers = [value] if isinstance(value, Mapping) else read_frames(value, source)
    if answers and _is_box(answers[0]):
        answers = [answers]  # the bare list of a single picture
    candidates = [
        _picture(_unwrapped(answer), placing, f"{source}: picture {number}")
        for number, answer in enumerate(answers, 1)
    ]
    return sequence(placed(candidates, placing), source)


def dump(layouts: Layouts, context: Context = UNSAID) -> list[dict[str, Any]]:
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
    value = _unwrapped(value)
    return isinstance(value, Mapping) and any(_is_list(value.get(name)) for name in BOXES)


def recognises(value: Any) -> bool:
    """`bboxes` of numbers, perhaps within `<OD>`, one for each picture."""
    if isinstance(value, list | tuple):
        return bool(value) and all(is_answer(item) for item in value)
    return is_answer(value) and not OTHERS & value.keys()


def _is_list(value: Any) -> bool:
    """Of lists, or an empty one: `bboxes` of objects are other programs'."""
    return isinstance(value, list | tuple) and (
        not value or isinstance(value[0], list | tuple) or hasattr(value[0], "shape")
    )


def _unwrapped(value: Any) -> Any:
    """What the task's name (`<OD>`) holds."""
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = value
        if isinstance(name, str) and name.startswith("<") and name.endswith(">"):
            return value[name]
    return value


def _picture(answer: Any, placing: Placing, where: str) -> list[Candidate]:
    if isinstance(answer, Mapping):
        if not is_answer(answer):
            raise BrokenValue(f"{where}: {shown(answer)}; expected 'bboxes' and 'labels'.")
        boxes = next(answer[name] for name in BOXES if _is_list(answer.get(name)))
        labels = next((answer[name] for name in LABELS if name in answer), ())
        labels = read_items(labels, "labels", where)
        boxes = read_items(boxes, "boxes", where)
        if labels and len(labels) != len(boxes):
            raise GligenError(
                f"{where}: {len(boxes)} boxes and {len(labels)} labels; expected one for each."
            )
    else:
        boxes, labels = read_items(answer, "boxes", where), ()
    order = placing.context.options.order or "xyxy"
    candidates: list[Candidate] = []
    for number, item in enumerate(boxes, 1):
        place = f"{where}: box {number}"
        with placing.row():
            text = phrase_of(labels[number - 1]).removeprefix(END_OF_TEXT) if labels else ""
            corners = CORNERS[order](*_corners(item, place))
            candidates.append(placing.candidate(corners, place, text))
    return candidates


def _corners(item: Any, where: str) -> Any:
    if isinstance(item, list | tuple) and len(item) == QUAD:
        numbers = [read_coordinate(number, where) for number in item]
        return around(numbers[::2], numbers[1::2])
    return read_four(item, "[x0, y0, x1, y1] in pixels", where)


def _is_box(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and scalar(value[0]) is not None


FORMAT = Format(
    name="Florence-2",
    sign="`bboxes` or `quad_boxes` with `labels`, perhaps within `<OD>`",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("JSON",),
    needs="picture",
    capabilities=Capabilities(frames=True, grid="exact"),
)
