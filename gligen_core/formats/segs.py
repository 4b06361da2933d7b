"""SEGS of the Impact Pack: `((height, width), [SEG, ...])`; a SEG has a pixel box and a label."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts
from ..layout.fields import shown
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .units import placed
from .values import kept, phrase_of, read_four, read_items, scalar, sequence

OWN_PIXELS = 1 << 24  # of all masks together, 64 MiB


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


def parse(data: Any, context: Context) -> Layouts:
    """The canvas is the one that the segments tell."""
    source = context.source
    if not is_segs(data):
        raise GligenError(f"{source}: {shown(data)}; expected ((height, width), [SEG, ...]).")
    (height, width), segments = data
    canvas = Canvas.read(width, height, source)
    placing = Placing(context, "SEGS")
    candidates: list[Candidate] = []
    for number, segment in enumerate(read_items(segments, "segments", source), 1):
        where = f"{source}: segment {number}"
        with placing.row():
            corners = read_four(getattr(segment, "bbox", None), "'bbox' x0 y0 x1 y1", where)
            score = scalar(getattr(segment, "confidence", None))
            label = phrase_of(getattr(segment, "label", None))
            candidates.append(placing.candidate(corners, where, label, kept(score=score)))
    return sequence(placed([candidates], placing, canvas), source)


def dump(layout: Layout, context: Context = UNSAID) -> tuple[tuple[int, int], list[Seg]]:
    """Whole boxes as segments, without pictures.

    Large masks (over OWN_PIXELS together) take no memory: they show one number, and are read-only.
    """
    canvas = Canvas.of(layout)
    places = [_place(entity, canvas) for entity in layout.entities]
    pixels = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in places)
    own = pixels <= OWN_PIXELS
    return (canvas.height, canvas.width), [
        Seg(None, _mask(place, own), entity.score, place, place, entity.text)
        for place, entity in zip(places, layout.entities, strict=True)
    ]


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


def _place(entity: Entity, canvas: Canvas) -> tuple[int, int, int, int]:
    """x0 y0 x1 y1 in whole pixels, at least one of them a side."""
    x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(canvas.width, canvas.height))
    x0, y0 = min(x0, canvas.width - 1), min(y0, canvas.height - 1)
    return (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))


def _mask(place: tuple[int, int, int, int], own: bool) -> NDArray[np.float32]:
    """h w of ones. own: in memory of its own"""
    x0, y0, x1, y1 = place
    shape = (y1 - y0, x1 - x0)
    return np.ones(shape, np.float32) if own else np.broadcast_to(np.float32(1), shape)


FORMAT = Format(
    name="SEGS",
    title="Impact SEGS",
    sign="`((height, width), [SEG, ...])` on a wire",
    recognises=is_segs,
    parse=parse,
    dump=dump,
    suffix="",
    types=("SEGS",),
    capabilities=Capabilities(canvas=True, scores=True),
)
