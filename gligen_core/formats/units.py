"""What four numbers mean: their order and their units, certain or asked for.

Names of sides and stated forms are certain. Numbers refute some readings: what lies in 0..1 is
never pixels, what is over 1000 never thousandths. What is left in doubt is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from ..errors import GligenError
from ..layout import Layout
from ..layout.fields import shown
from .parsing import ASSUMED, ORDERS, SPACES, Canvas, Context, Order, Units
from .placing import Candidate, Placing

SMALLEST_SIDE_PX = 8  # of a canvas on which a box within 0..1 can't be meant in pixels
SLACK = 1.5  # fractions that overshoot the canvas reach no farther, else they are none
MOST: Mapping[Units, float] = MappingProxyType(
    {"fractions": SLACK, "percent": 150.0, "thousandths": 1000.0}
)
"""How far the numbers of each unit can reach."""

CORNERS: Mapping[Order, Callable[..., tuple[float, ...]]] = MappingProxyType(
    {
        "xyxy": lambda a, b, c, d: (a, b, c, d),
        "xywh": lambda a, b, c, d: (a, b, a + c, b + d),
        "cxcywh": lambda a, b, c, d: (a - c / 2, b - d / 2, a + c / 2, b + d / 2),
        "yxyx": lambda a, b, c, d: (b, a, d, c),
    }
)
"""Four numbers of an order -> x0 y0 x1 y1"""
assert tuple(CORNERS) == ORDERS

ORDER_NAMES: Mapping[str, tuple[Order, Units | None]] = MappingProxyType(
    {
        **{order: (order, None) for order in ORDERS},
        "ltrb": ("xyxy", None),
        "tlbr": ("xyxy", None),
        "x1y1x2y2": ("xyxy", None),
        "x0y0x1y1": ("xyxy", None),
        "xminyminxmaxymax": ("xyxy", None),
        "xyxyabs": ("xyxy", "pixels"),
        "xyxyrel": ("xyxy", "fractions"),
        "xyxyn": ("xyxy", "fractions"),
        "pascalvoc": ("xyxy", "pixels"),
        "voc": ("xyxy", "pixels"),
        "albumentations": ("xyxy", "fractions"),
        "ltwh": ("xywh", None),
        "tlwh": ("xywh", None),
        "coco": ("xywh", "pixels"),
        "xywhabs": ("xywh", "pixels"),
        "xywhrel": ("xywh", "fractions"),
        "yolo": ("cxcywh", "fractions"),
        "ccwh": ("cxcywh", None),
        "cxcywhn": ("cxcywh", "fractions"),
        "xywhn": ("cxcywh", "fractions"),
        "xcycwh": ("cxcywh", None),
        "centerxywh": ("cxcywh", None),
        "yminxminymaxxmax": ("yxyx", None),
        "y1x1y2x2": ("yxyx", None),
        "y0x0y1x1": ("yxyx", None),
    }
)
"""Words for an order, as `box_format` fields and names of lists write them, without _ and -."""


def doubted_order(shown_numbers: str, where: str, item: object) -> GligenError:
    """The question which order four numbers have."""
    return GligenError(
        f"{where}: {shown(item)} has no box whose numbers are certain: {shown_numbers} can be xyxy "
        "(two corners), xywh (corner and size), cxcywh (centre and size) or yxyx (corners, row "
        "first). Set `order` to what wrote them (GLIGEN_LayoutFromBoxes has it), "
        "or ask for 'box': [x0, y0, x1, y1] in fractions."
    )


def is_upper_left_first(fours: Iterable[Sequence[float]]) -> bool:
    """Whether four numbers can all be two corners, or rows before columns of them."""
    return all(four[0] <= four[2] and four[1] <= four[3] for four in fours)


def space_of(
    boxes: Iterable[Candidate],
    context: Context,
    canvas: Canvas | None = None,
    units: Units | None = None,
) -> Canvas:
    """What the boxes of one reading count in.

    canvas: the size that the source states · units: what its form says; None or "pixels": pixels,
    or fractions where every corner lies in 0..1
    GligenError where the numbers refute what is said: the question which units they are in.
    """
    boxes = list(boxes)
    pixels = canvas or context.canvas or ASSUMED
    wanted = context.options.units
    if wanted:
        _check_reach(boxes, wanted, context)
        return SPACES.get(wanted, pixels)
    within = [_is_within(box.corners) for box in boxes]
    small = min(pixels.width, pixels.height) <= SMALLEST_SIDE_PX
    if units in (None, "pixels") and not small:
        if boxes and all(within):
            return SPACES["fractions"]
        for box, inside in zip(boxes, within, strict=True):
            if inside and not all(value.is_integer() for value in map(float, box.corners)):
                raise GligenError(
                    f"{box.where}: {shown(list(box.corners))} look like fractions, those of other "
                    "boxes like pixels. Set `units` to what they are, or mend the box."
                )
        return pixels
    if units == "thousandths" and boxes and all(within):
        return SPACES["fractions"]
    if units in SPACES:
        _check_reach(boxes, units, context)
    return SPACES.get(units or "pixels", pixels)


def placed(
    frames: Sequence[Sequence[Candidate]],
    placing: Placing,
    canvas: Canvas | None = None,
    units: Units | None = None,
) -> list[Layout]:
    """A layout for each frame, all in the same units. As `space_of`."""
    context = placing.context
    space = space_of((box for frame in frames for box in frame), context, canvas, units)
    shape = canvas or context.canvas or ASSUMED
    layouts = [shape.layout(placing.entities(frame, space)) for frame in frames]
    placing.check(space)
    return layouts


def _is_within(corners: Sequence[float]) -> bool:
    return all(abs(value) <= SLACK for value in corners)


def _check_reach(boxes: Sequence[Candidate], units: Units, context: Context) -> None:
    most = MOST.get(units)
    for box in boxes:
        if most is not None and max(map(abs, box.corners)) > most:
            raise GligenError(
                f"{box.where}: {shown(list(box.corners))} reaches beyond the canvas, which is 0 to "
                f"{SPACES[units].width} in {units}. Are these pixels? Set `units` (pixels, "
                "fractions, percent or thousandths; GLIGEN_LayoutFromBoxes has "
                "it), and `order` if it is not xyxy."
            )
