"""Layouts, boxes and poses as inputs of nodes: on wires of many types, or as JSON.

What tells the size of its picture, or counts in fractions, goes wherever a layout goes. Pixels of
an untold picture go where the node knows the picture, or asks for its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.formats import (
    FORMATS,
    UNTOLD,
    Canvas,
    Context,
    Options,
    layout_json,
    openpose,
    read,
)
from ..gligen_core.formats.format import Needs
from ..gligen_core.formats.parsing import ORDERS as NUMBER_ORDERS
from ..gligen_core.formats.parsing import UNITS as NUMBER_UNITS
from ..gligen_core.formats.values import read_data
from ..gligen_core.layout import (
    Layout,
    Layouts,
    LayoutSequence,
    frames_of,
    still_or_sequence,
)
from ..gligen_core.layout.fields import MAX_SIDE_PX, shown
from .wires import LayoutWire, PoseKeypointWire

OWN_WIRES = ("POSE_KEYPOINT", "MASK")  # which have classes of their own


def _wires(needs: Needs) -> tuple[Any, ...]:
    """Types that the host, its newer versions and other packs give boxes: names are all they share.

    needs: what must be told beside the data
    """
    names = (name for each in FORMATS if each.needs == needs for name in each.types)
    return tuple(io.Custom(name) for name in names if name not in OWN_WIRES)


SIZED, PIXELS, BARE = _wires("nothing"), _wires("picture"), _wires("order")

NOT_SET = "not set"
ORDERS = (NOT_SET, *NUMBER_ORDERS)
UNITS = (NOT_SET, *NUMBER_UNITS)


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
    bare = BARE if has_order else ()
    types = [LayoutWire, *SIZED, *PIXELS, *bare, io.Mask, io.String]
    return io.MultiType.Input(name, types, optional=optional, tooltip=tooltip)


def poses_input(name: str, tooltip: str, optional: bool = False) -> io.MultiType.Input:
    """A socket for people, on a wire or as JSON."""
    types = [PoseKeypointWire, LayoutWire, io.String]
    return io.MultiType.Input(name, types, optional=optional, tooltip=tooltip)


def order_input(optional: bool = False) -> io.Combo.Input:
    return io.Combo.Input(
        "order",
        options=list(ORDERS),
        default=NOT_SET,
        optional=optional,
        tooltip="What four bare numbers mean: two corners (x0, y0, x1, y1), corner and size (x, y, "
        "width, height), centre and size, or corners with the row first (y0, x0, y1, x1). Boxes "
        "that name their sides don't need it.",
    )


def units_input() -> io.Combo.Input:
    return io.Combo.Input(
        "units",
        options=list(UNITS),
        default=NOT_SET,
        optional=True,
        tooltip="What the numbers count, where the data don't tell: pixels of the picture, "
        "fractions of it (0 to 1), percent, or thousandths.",
    )


def picture_input() -> io.String.Input:
    return io.String.Input(
        "picture",
        default="",
        optional=True,
        tooltip="Of a data set with several pictures: a file name or an id.",
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
        return read(value, Context(picture, node))
    raise GligenError(f"{node}: {shown(value)} is no layout. Wire a Layout node, or layout JSON.")


def read_boxes(
    value: Any,
    canvas: Canvas,
    order: str,
    node: str,
    warnings: list[str] | None = None,
    picture: str = "",
    units: str = NOT_SET,
    will_be_named: bool = True,
) -> Layouts:
    """What came through a `boxes_input`.

    order: one of ORDERS · picture: file name or id of one of several · units: one of UNITS
    will_be_named: boxes without a phrase deserve no word
    """
    options = options_of(order, units, picture, will_be_named=will_be_named)
    return read(value, Context(canvas, node, [] if warnings is None else warnings, options))


def options_of(order: str, units: str, picture: str, **more: Any) -> Options:
    """What the inputs `order`, `units` and `picture` say."""
    return Options(
        order=next((each for each in NUMBER_ORDERS if each == order), None),
        units=next((each for each in NUMBER_UNITS if each == units), None),
        picture=picture.strip() or None,
        **more,
    )


def read_poses(
    value: Any, canvas: Canvas | None, node: str, threshold: float = openpose.DEFAULT_THRESHOLD
) -> LayoutSequence:
    """What came through a `poses_input`: a layout for each frame.

    threshold: joints scored lower are missing; not for layouts, whose joints are somebody's word
    """
    value = read_data(value, node)
    context = Context(canvas, node, options=Options(threshold=threshold))
    if isinstance(value, Layout | LayoutSequence):
        return LayoutSequence(frames_of(value))
    row = layout_json.FORMAT if layout_json.recognises(value) else openpose.FORMAT
    return LayoutSequence(frames_of(read(value, context, row.name)))


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
