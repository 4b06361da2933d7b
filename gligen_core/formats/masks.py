"""Masks: boxes around what is selected, and masks of boxes. 1 is selected, as in the host."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout
from ..layout.fields import shown
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context

THRESHOLD = 0.5  # of a mask's value, from which a pixel is selected
MAX_MASKS = 1000
MAX_PIXELS = 16_384 * 16_384  # of all masks that are made together, 1 GiB
AXES = 3  # of masks: n h w; boxes of an array have two


def parse(data: Any, context: Context, separate: bool = False, smallest_px: int = 1) -> Layout:
    """data: n h w (or h w) in 0..1, arrays of numpy or torch -> a box around each mask

    separate: a box for each connected part of a mask instead. smallest_px: parts of fewer pixels
    are dirt. An empty mask gives no box. The options' phrases are one for each box.
    """
    source, phrases = context.source, context.options.phrases
    masks = _array(data, source)
    height, width = masks.shape[1:]
    windows = [
        window
        for mask in masks
        for window in (_parts(mask, smallest_px) if separate else _whole(mask, smallest_px))
    ]
    if phrases and len(phrases) != len(windows):
        raise GligenError(
            f"{source}: {len(windows)} boxes and {len(phrases)} phrases; expected one for each."
        )
    context.tally.form, context.tally.units = "masks", f"pixels of {width} x {height}"
    return Canvas(width, height).layout(
        Entity(f"e{n + 1}", _box(window, width, height), phrases[n] if phrases else "")
        for n, window in enumerate(windows)
    )


def dump(layout: Layout, context: Context = UNSAID) -> NDArray[np.float32]:
    """-> n h w: a mask for each entity, of the context's canvas or the layout's. Whole pixels."""
    canvas = context.canvas or Canvas.of(layout)
    width, height = canvas.width, canvas.height
    masks = np.zeros((len(layout.entities), height, width), dtype=np.float32)
    for mask, entity in zip(masks, layout.entities, strict=True):
        x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(width, height))
        x0, y0 = min(x0, width - 1), min(y0, height - 1)
        mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = 1
    return masks


def check_pixels(count: int, width: int, height: int, source: str) -> None:
    """GligenError where so many masks would not fit into memory."""
    pixels = count * width * height
    if pixels > MAX_PIXELS:
        raise GligenError(
            f"{source}: {count:,} masks of {width} x {height} have {pixels:,} pixels; "
            f"at most {MAX_PIXELS:,} are made. Give a smaller `width` and `height`, or fewer boxes."
        )


def recognises(value: Any) -> bool:
    """An array of three axes."""
    return len(getattr(value, "shape", ())) == AXES


def union(masks: NDArray[np.float32]) -> NDArray[np.float32]:
    """n h w -> 1 h w: what any of them selects."""
    return masks.max(axis=0, initial=0, keepdims=True)


Window = tuple[slice, slice]  # rows, columns


def _array(data: Any, source: str) -> NDArray[np.bool_]:
    try:
        values = np.asarray(data.cpu() if hasattr(data, "cpu") else data)
    except (ValueError, OverflowError) as mistake:  # ragged lists
        raise GligenError(
            f"{source}: {shown(data)} is no array; expected masks n x height x width in 0..1."
        ) from mistake
    if values.ndim == 2:
        values = values[None]
    if values.ndim != 3 or values.dtype.kind not in "fiub" or 0 in values.shape[1:]:
        raise GligenError(
            f"{source}: an array of shape {values.shape} of {values.dtype}; expected masks "
            "n x height x width in 0..1."
        )
    if len(values) > MAX_MASKS:
        raise GligenError(f"{source}: {len(values):,} masks; at most {MAX_MASKS:,} are read.")
    return values >= THRESHOLD


def _whole(mask: NDArray[np.bool_], smallest_px: int) -> list[Window]:
    if np.count_nonzero(mask) < max(smallest_px, 1):
        return []
    rows: NDArray[np.int64] = np.flatnonzero(mask.any(axis=1))
    columns: NDArray[np.int64] = np.flatnonzero(mask.any(axis=0))
    return [(slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))]


def _parts(mask: NDArray[np.bool_], smallest_px: int) -> list[Window]:
    """Windows of the connected parts, the largest first."""
    try:
        from scipy import ndimage  # comes with the host; no requirement of the core
    except ImportError as missing:
        raise GligenError(
            "masks: telling connected parts apart needs scipy. Install it: pip install scipy"
        ) from missing
    labelled: Any = ndimage.label(mask, np.ones((3, 3)))
    labels, count = labelled
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    found = zip(sizes, ndimage.find_objects(labels), strict=True)
    kept = [(size, window) for size, window in found if size >= smallest_px]
    if len(kept) > MAX_MASKS:
        raise GligenError(
            f"masks: {len(kept):,} parts; at most {MAX_MASKS:,} are read. Raise the smallest size."
        )
    return [window for _, window in sorted(kept, key=lambda each: -each[0])]


def _box(window: Window, width: int, height: int) -> Box:
    rows, columns = window
    return Box(columns.start / width, rows.start / height, columns.stop / width, rows.stop / height)


FORMAT = Format(
    name="masks",
    sign="an array n x height x width on a wire",
    recognises=recognises,
    parse=parse,
    dump=dump,
    suffix="",
    types=("MASK",),
    capabilities=Capabilities(phrases=False, canvas=True),
)
