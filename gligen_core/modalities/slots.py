"""A layout's objects in the fixed number of slots that a network was trained with."""

import torch
from torch import Tensor
from torch.nn import functional

from ..errors import GligenError
from ..geometry import Box
from .modality import Owners

MAX_OBJECTS = 30  # `max_objs` of the official inference script; files were trained with it


def check_slots(objects: int, slots: int) -> None:
    """GligenError where there are more objects than slots."""
    if objects > slots:
        raise GligenError(
            f"{objects} objects in the layout; this checkpoint takes {slots}. "
            f"Remove {objects - slots}, or set `overflow` to 'keep largest'."
        )


def pad_slots(values: Tensor, slots: int) -> Tensor:
    """b n ... -> b slots ...: zeros behind."""
    behind = slots - values.shape[1]
    return functional.pad(values, (0, 0) * (values.ndim - 2) + (0, behind))


def pad_owners(owners: Owners, slots: int) -> Owners:
    """b n -> b slots: nobody owns what is behind."""
    return tuple((*row, *[None] * (slots - len(row))) for row in owners)


def seen_from(boxes: Tensor, area: Box) -> tuple[Tensor, Tensor]:
    """Boxes clipped to an area of the canvas, in fractions of it, and which of them it shows.

    boxes: b n 4 (x0 y0 x1 y1) -> b n 4, b n
    """
    boxes = on_area(boxes.unflatten(-1, (2, 2)), area).clamp(0, 1).flatten(-2)
    return boxes, (boxes[..., 2] > boxes[..., 0]) & (boxes[..., 3] > boxes[..., 1])


def on_area(points: Tensor, area: Box) -> Tensor:
    """points: ... 2 (x y, fractions of the canvas) -> the same in fractions of the area."""
    origin = torch.tensor((area.x0, area.y0))
    return (points - origin) / torch.tensor((area.width, area.height))
