"""Layouts, boxes and poses as inputs of nodes: on wires of many types, or as JSON.

What tells the size of its picture, or counts in fractions, goes wherever a layout goes. Pixels of
an untold picture go where the node knows the picture, or asks for its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ...gligen_core.errors import GligenError
from ...gligen_core.formats import (
    UNTOLD,
    Canvas,
    layout_json,
    masks,
    openpose,
    parse_anything,
)
from ...gligen_core.formats.bbox import Order
from ...gligen_core.formats.reading import read_data
from ...gligen_core.layout import (
    Layout,
    Layouts,
    LayoutSequence,
    frames_of,
    still_or_sequence,
)
from ...gligen_core.layout.fields import MAX_SIDE_PX, shown
from ..wires import LayoutWire, PoseKeypointWire

# Types that the host, its newer versions and other packs give boxes: names are all they share.
SIZED = tuple(io.Custom(name) for name in ("SEGS", "TRACKING", "ARRAY"))  # ARRAY: thousandths
PIXELS = tuple(
    io.Custom(name) for name in ("BOUNDING_BOX", "BOUNDING_BOXES", "BOUNDINGBOX", "JSON")
)
BARE = io.Custom("BBOX")  # four numbers, two corners or corner and size: it takes an `order`
MASK_AXES = 3  # of the host's MASK: b h w; boxes of an array have two

NOT_SET = "not set"
ORDERS = (NOT_SET, "xyxy", "xywh")


def layout_input(
    name: str, tooltip: str, optional: bool = False, has_picture: bool = False
) -> io.MultiType.Input:
    """A socket for a layout, a sequence of them, or what is as good as one, or its JSON.

    has_picture: the node knows, or may know, what picture pixels belong to
    """
    types = [LayoutWire, PoseKeypointWire, *SIZED, *(PIXELS if has_picture else ()), io.String]
    return io.MultiType.Input(name, types, optional=optional, tooltip=tooltip)


def boxes_input(
    name: str, tooltip: str, optional: bool = False, has_order: bool = True
) -> io.MultiType.Input:
    """A socket for boxes of any kind, or for their JSON, where the node knows the picture.

    It has no text field of its own: the browser would take the field's type for the socket's.
    has_order: the node has an `order_input`
    """
    bare = (BARE,) if has_order else ()
    types = [LayoutWire, *SIZED, *PIXELS, *bare, io.Mask, io.String]
    return io.MultiType.Input(name, types, optional=optional, tooltip=tooltip)


def poses_input(name: str, tooltip: str, optional: bool = False) -> io.MultiType.Input:
    """A socket for people, on a wire or as JSON."""
    types = [PoseKeypointWire, LayoutWire, io.String]
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


def read_layouts(value: Any, node: str, picture: Canvas = UNTOLD) -> Layouts:
    """What came through a `layout_input`. picture: what pixels belong to"""
    if isinstance(value, Layout | LayoutSequence | str | bytes | dict | list | tuple):
        return parse_anything(value, picture, source=node)
    raise GligenError(
        f"{node}: {shown(value)} is no layout. Wire a GLIGEN_Layout node, or layout JSON."
    )


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


def read_poses(
    value: Any, canvas: Canvas | None, node: str, threshold: float = openpose.DEFAULT_THRESHOLD
) -> LayoutSequence:
    """What came through a `poses_input`: a layout for each frame.

    threshold: joints scored lower are missing; not for layouts, whose joints are somebody's word
    """
    value = read_data(value, node)
    if isinstance(value, Layout | LayoutSequence):
        return LayoutSequence(frames_of(value))
    if layout_json.is_layout(value):
        return LayoutSequence(frames_of(layout_json.parse(value, node)))
    return openpose.parse(value, canvas, threshold, node)


def canvas_of(image: Tensor | None, width: int, height: int) -> Canvas:
    """The picture's size if there is one (b h w 3), else the numbers."""
    return Canvas(width, height) if image is None else picture_of(image)


def picture_of(image: Tensor | None) -> Canvas:
    """The picture's size (b h w 3), which nobody tells where there is none."""
    return UNTOLD if image is None else Canvas(image.shape[-2], image.shape[-3])


def joined(first: Layouts, then: Layouts) -> Layouts:
    """Frame by frame on the first one's canvas; a still one goes to every frame."""
    return still_or_sequence(LayoutSequence(frames_of(first)).joined(then).layouts)


def edited(layouts: Layouts, edit: Callable[[Layout], Layout]) -> Layouts:
    """The edit in each frame."""
    return still_or_sequence(edit(layout) for layout in frames_of(layouts))
