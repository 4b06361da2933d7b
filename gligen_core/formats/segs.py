"""SEGS of the Impact Pack: `((height, width), [SEG, ...])`; a SEG has a pixel box and a label."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import GligenError
from ..layout import Entity, Layout
from ..layout.fields import shown
from .reading import Canvas, Placing, kept, phrase_of, read_four, read_items, scalar


class Seg(NamedTuple):
    """One segment, in the fields and the order that the pack reads.

    cropped_mask: h w in 0..1, of the crop region · bbox, crop_region: x0 y0 x1 y1 in pixels
    """

    cropped_image: Any
    cropped_mask: Any
    confidence: float
    crop_region: tuple[int, int, int, int]
    bbox: tuple[int, int, int, int]
    label: str
    control_net_wrapper: Any = None


def parse(data: Any, source: str = "SEGS", warnings: list[str] | None = None) -> Layout:
    """The canvas is the one that the segments tell."""
    if not is_segs(data):
        raise GligenError(f"{source}: {shown(data)}; expected ((height, width), [SEG, ...]).")
    (height, width), segments = data
    canvas = Canvas.read(width, height, source)
    placing = Placing(source, warnings)
    entities: list[Entity] = []
    for number, segment in enumerate(read_items(segments, "segments", source), 1):
        where = f"{source}: segment {number}"
        corners = read_four(getattr(segment, "bbox", None), "'bbox' x0 y0 x1 y1", where)
        box = placing.box(corners, canvas, where)
        if box is not None:
            score = scalar(getattr(segment, "confidence", None))
            label = phrase_of(getattr(segment, "label", None))
            entities.append(Entity(f"e{len(entities) + 1}", box, label, extra=kept(score=score)))
    placing.check()
    return canvas.layout(entities)


def dump(layout: Layout) -> tuple[tuple[int, int], list[Seg]]:
    """Whole boxes as segments, without pictures."""
    canvas = Canvas.of(layout)
    return (canvas.height, canvas.width), [_segment(entity, canvas) for entity in layout.entities]


def is_segs(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and isinstance(value[0], list | tuple)
        and len(value[0]) == 2
        and all(scalar(side) is not None for side in value[0])
        and isinstance(value[1], list | tuple)
        and all(hasattr(segment, "bbox") for segment in value[1][:1])
    )


def _segment(entity: Entity, canvas: Canvas) -> Seg:
    x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(canvas.width, canvas.height))
    x0, y0 = min(x0, canvas.width - 1), min(y0, canvas.height - 1)
    place = (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))
    mask = np.ones((place[3] - place[1], place[2] - place[0]), dtype=np.float32)
    return Seg(None, mask, entity.score, place, place, entity.text)
