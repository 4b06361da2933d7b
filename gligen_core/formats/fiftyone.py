"""FiftyOne: detections with `bounding_box` [x, y, width, height] in fractions, told by `_cls`.

Also its image detection data set: `{"classes": [...], "labels": {picture: [...]}}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..layout import Layouts
from .choosing import Picture
from .field_names import label_of
from .format import Format
from .parsing import Context
from .rows import canvas_in, names_of, read_pictures
from .values import phrase_of, scalar

DEEPEST = 4


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which sample. Of several fields of a sample, all are read."""
    classes = data.get("classes") if isinstance(data, Mapping) else None
    classes = tuple(map(phrase_of, classes)) if isinstance(classes, list | tuple) else ()
    pictures = [
        Picture(
            (name, *names_of(sample)),
            canvas_in(sample, context.source),
            [_row(each, classes) for each in _detections(sample)],
        )
        for name, sample in _samples(data)
    ]
    return read_pictures(pictures, context, "FiftyOne", "fractions")


def recognises(value: Any) -> bool:
    """Samples with detections of FiftyOne, or its data set of labels."""
    return any(True for _ in _samples(value))


def _samples(value: Any) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """(name, object with detections in it)"""
    if isinstance(value, Mapping):
        labels = value.get("labels")
        if isinstance(value.get("classes"), list | tuple) and isinstance(labels, Mapping):
            for name, rows in labels.items():
                if isinstance(rows, list | tuple) and all(_is_detection(r, True) for r in rows):
                    yield name, {"detections": rows, "_cls": "Detections"}
            return
    samples = value.get("samples", [value]) if isinstance(value, Mapping) else value
    for sample in samples if isinstance(samples, list | tuple) else ():
        if isinstance(sample, Mapping) and next(_detections(sample), None) is not None:
            yield None, sample


def _detections(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """All detections in a sample's fields."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        if _is_detection(value, False):
            yield value
            return
        inner = value.get("detections")
        if isinstance(inner, list | tuple) and value.get("_cls") == "Detections":
            yield from (each for each in inner if _is_detection(each, True))
            return
        for each in list(value.values())[:100]:
            yield from _detections(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _detections(each, depth + 1)


def _is_detection(value: Any, within: bool) -> bool:
    """within: the list around it says so already"""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("bounding_box"), list | tuple)
        and (within or value.get("_cls") == "Detection")
    )


def _row(detection: Mapping[str, Any], classes: tuple[str, ...]) -> dict[str, Any]:
    label = detection.get("label")
    text = phrase_of(label) if isinstance(label, str) else label_of({"label": label}, classes)
    score = scalar(detection.get("confidence"))
    four = detection["bounding_box"]
    row = {"label": text, "bbox_xywh": four}
    return row if score is None else {**row, "score": score}


FORMAT = Format(
    name="FiftyOne",
    sign="`bounding_box` of a `Detection`",
    recognises=recognises,
    parse=parse,
)
