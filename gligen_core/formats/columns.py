"""Boxes, labels and scores in lists beside each other, as most detectors' Python APIs give them.

`{"boxes": [...], "labels": [...], "scores": [...]}`. The names of the lists tell whose they are,
and with that the order and the units of the numbers; where they do not, these are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout import Layouts
from ..layout.fields import shown
from .field_names import label_of, plain, plain_fields
from .format import Format
from .parsing import Context, Order, Units
from .placing import Candidate, Placing
from .rows import canvas_in, order_in
from .units import CORNERS, SLACK, doubted_order, is_upper_left_first, placed
from .values import is_array, kept, kept_texts, read_four, read_items, scalar, sequence

BOXES = (
    *("boxes", "bboxes", "locations", "regionbboxeslist", "detectionboxes", "predboxes", "xyxy"),
    *("boundingboxes", "rois", "xyxyn", "xywhn", "boxlist", "bboxlist", "cxcywh", "xywh"),
)
LABELS = (
    *(
        "phrases",
        "labels",
        "bboxeslabels",
        "textlabels",
        "regioncaptionlist",
        "classnames",
        "classname",
    ),
    *(
        "classnames",
        "labelnames",
        "names",
        "captions",
        "texts",
        "entities",
        "detectionclassentities",
    ),
    *("objects", "categories", "classes", "detectionclasses", "predclasses", "classid", "cls"),
)
SCORES = (
    *("scores", "logits", "confidences", "confidence", "conf", "detectionscores", "probs"),
    *("predscores", "probabilities"),
)


class Sign(NamedTuple):
    """title: whose answer · needs: names of lists that only it has together"""

    title: str
    needs: frozenset[str]
    order: Order
    units: Units | None


SIGNS = (
    Sign("GLIGEN's own scripts", frozenset(("phrases", "locations")), "xyxy", "fractions"),
    Sign(
        "region captions",
        frozenset(("regioncaptionlist", "regionbboxeslist")),
        "xyxy",
        "fractions",
    ),
    Sign("Grounding DINO", frozenset(("boxes", "logits", "phrases")), "cxcywh", "fractions"),
    Sign("TensorFlow detections", frozenset(("detectionboxes",)), "yxyx", "fractions"),
    Sign("supervision", frozenset(("xyxy",)), "xyxy", None),
    Sign("fractions of corners", frozenset(("xyxyn",)), "xyxy", "fractions"),
    Sign("fractions of centres", frozenset(("xywhn",)), "cxcywh", "fractions"),
    Sign("centres", frozenset(("cxcywh",)), "cxcywh", None),
    Sign("object detection", frozenset(("scores", "labels", "boxes")), "xyxy", None),
    Sign("object detection", frozenset(("scores", "labels", "bboxes")), "xyxy", None),
    Sign("object detection", frozenset(("predboxes",)), "xyxy", None),
)


def parse(data: Any, context: Context) -> Layouts:
    """One picture; a list of a single one counts."""
    value = data[0] if isinstance(data, list | tuple) else data
    fields = plain_fields(value)
    name = next(name for name in BOXES if _is_list(fields.get(name)))
    sign = next((sign for sign in SIGNS if sign.needs <= fields.keys()), None)
    placing = Placing(context, sign.title if sign else "lists of boxes and labels")
    boxes = read_items(fields[name], "boxes", context.source)
    labels = _column(fields, LABELS, len(boxes), context)
    scores = _column(fields, SCORES, len(boxes), context)
    order, units = _order(value, name, boxes, sign, context)
    candidates: list[Candidate] = []
    for number, item in enumerate(boxes, 1):
        where = f"{context.source}: box {number}"
        with placing.row():
            corners = CORNERS[order](*read_four(item, order, where))
            score = scalar(scores[number - 1]) if scores else None
            text = labels[number - 1] if labels else ""
            candidates.append(placing.candidate(corners, where, text, kept(score=score)))
    canvas = canvas_in(value, context.source)
    (layout,) = placed([candidates], placing, canvas, units)
    prompt = next((value[n] for n in ("prompt", "global_caption", "caption") if n in value), "")
    extra = kept_texts(prompt=prompt if isinstance(prompt, str) else "")
    return sequence([replace(layout, extra=extra)], context.source)


def recognises(value: Any) -> bool:
    """An object with a list of boxes and a list beside it."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if not isinstance(value, Mapping):
        return False
    names = {plain(name) for name in list(value)[:200]}
    fields = plain_fields(value)
    has_boxes = any(_is_list(fields.get(name)) for name in BOXES)
    return has_boxes and bool(names & {*LABELS, *SCORES} or names & {"xyxy", "xyxyn", "xywhn"})


def _is_list(value: Any) -> bool:
    """Of lists of numbers, or an empty one."""
    if is_array(value):
        return True
    return isinstance(value, list | tuple) and (
        not value or isinstance(value[0], list | tuple) or is_array(value[0])
    )


def _order(
    value: Mapping[str, Any],
    name: str,
    boxes: Sequence[Any],
    sign: Sign | None,
    context: Context,
) -> tuple[Order, Units | None]:
    """As the person, the data themselves, or the lists' names say it."""
    stated, units = order_in(value)
    numbers = [four for item in boxes if (four := _four(item)) is not None]
    order = context.options.order or stated
    if order is None and sign is not None:
        order, units = sign.order, sign.units
        fits = is_upper_left_first(numbers) if order in ("xyxy", "yxyx") else True
        far = units == "fractions" and any(max(map(abs, four)) > SLACK for four in numbers)
        if not fits or (far and context.options.units is None):
            order = None
    if order is None and numbers:
        raise doubted_order(f"{name!r} {numbers[0]}", f"{context.source}: box 1", dict(value))
    return order or "xyxy", units


def _four(item: Any) -> list[float] | None:
    values = [scalar(number) for number in item] if hasattr(item, "__len__") else []
    found = [number for number in values if number is not None]
    return found if len(found) == len(values) == 4 else None


def _column(
    fields: Mapping[str, Any], names: Sequence[str], count: int, context: Context
) -> list[Any]:
    """The first list of these names that has words (or numbers); [] if there is none."""
    there = [fields[name] for name in names if name in fields]
    data = fields.get("data")  # supervision keeps the names of classes there
    there = [*(plain_fields(data).get(n, ()) for n in names if isinstance(data, Mapping)), *there]
    for value in there:
        if not (isinstance(value, list | tuple) or is_array(value)) or not len(value):
            continue
        column = read_items(value, "labels", context.source)
        if len(column) != count:
            raise GligenError(
                f"{context.source}: {count} boxes and {len(column)} labels or scores "
                f"({shown(column[0])}, ...); expected one for each."
            )
        if names is SCORES:
            return list(column)
        texts = [_label(item, context) for item in column]
        if any(texts):
            return texts
    return []


def _label(item: Any, context: Context) -> str:
    number = scalar(item)
    value = item if number is None else number
    return label_of({"label": value}, context.options.class_names)


FORMAT = Format(
    name="lists",
    title="lists of boxes and labels",
    sign="`boxes` (or `locations`, `detection_boxes`, ...) beside `labels`, `phrases` or `scores`",
    recognises=recognises,
    parse=parse,
)
