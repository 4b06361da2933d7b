"""Layouts and boxes as inputs of nodes: on wires of many types, or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ...gligen_core.errors import GligenError
from ...gligen_core.formats import Canvas, layout_json, masks, parse_anything
from ...gligen_core.formats.bbox import Order
from ...gligen_core.layout import (
    Layout,
    Layouts,
    LayoutSequence,
    frames_of,
    still_or_sequence,
)
from ...gligen_core.layout.fields import MAX_SIDE_PX, shown
from ..wires import LayoutWire

# Types that the host, its newer versions and other packs give boxes: names are all they share.
BOX_WIRES = tuple(
    io.Custom(name)
    for name in (
        *("BOUNDING_BOX", "BOUNDING_BOXES", "BOUNDINGBOX", "BBOX", "JSON", "ARRAY"),
        *("SEGS", "TRACKING"),
    )
)
MASK_AXES = 3  # of the host's MASK: b h w; boxes of an array have two

NOT_SET = "not set"
ORDERS = (NOT_SET, "xyxy", "xywh")


def layout_input(name: str, tooltip: str, optional: bool = False) -> io.MultiType.Input:
    """A socket for a layout, a sequence of them, or the JSON of either."""
    return io.MultiType.Input(name, [LayoutWire, io.String], optional=optional, tooltip=tooltip)


def boxes_input(name: str, tooltip: str, optional: bool = False) -> io.MultiType.Input:
    """A socket for boxes of any kind, or for their JSON.

    It has no text field of its own: the browser would take the field's type for the socket's.
    """
    types = [LayoutWire, *BOX_WIRES, io.Mask, io.String]
    return io.MultiType.Input(name, types, optional=optional, tooltip=tooltip)


def order_input() -> io.Combo.Input:
    return io.Combo.Input(
        "order",
        options=list(ORDERS),
        default=NOT_SET,
        tooltip="What four bare numbers mean: two corners (x0, y0, x1, y1) or corner and size "
        "(x, y, width, height). Boxes that name their sides don't need it.",
    )


def side_input(name: str, meaning: str, default: int = 512, least: int = 1) -> io.Int.Input:
    """A width or height in pixels. least: 0 where that stands for something else's size"""
    return io.Int.Input(
        name,
        default=default,
        min=least,
        max=MAX_SIDE_PX,
        tooltip=f"{meaning.removesuffix('.')} ({least} to {MAX_SIDE_PX}).",
    )


def read_layouts(value: Any, node: str) -> Layouts:
    """What came through a `layout_input`."""
    if isinstance(value, Layout | LayoutSequence):
        return value
    if isinstance(value, str | bytes | dict | list):
        return layout_json.parse(value, node)
    raise GligenError(f"{node}: {shown(value)} is no layout. Wire a Layout node, or layout JSON.")


def read_boxes(
    value: Any,
    canvas: Canvas,
    order: str,
    node: str,
    warnings: list[str] | None = None,
    picture: str | None = None,
) -> Layouts:
    """What came through a `boxes_input`.

    order: one of ORDERS · picture: file name or id of one picture of a COCO data set
    """
    if isinstance(value, Tensor) and value.ndim == MASK_AXES:
        return masks.parse(value, source=node)
    wanted: Order | None = "xyxy" if order == "xyxy" else "xywh" if order == "xywh" else None
    return parse_anything(value, canvas, wanted, picture, node, warnings)


def canvas_of(image: Tensor | None, width: int, height: int) -> Canvas:
    """The picture's size if there is one (b h w 3), else the numbers."""
    if image is None:
        return Canvas(width, height)
    return Canvas(image.shape[-2], image.shape[-3])


def edited(layouts: Layouts, edit: Callable[[Layout], Layout]) -> Layouts:
    """The edit in each frame."""
    return still_or_sequence(edit(layout) for layout in frames_of(layouts))
