"""Inpainting masks drawn from boxes."""

import re

from torch import Tensor

from gligen_core.masks import keep_mask

from .golden import Case

MASK = re.compile(r"mask_(\d+)")


def is_draw_masks(case: Case) -> bool:
    random = ("randomize_fg_mask", "random_add_bg_mask")  # training's free-form masks
    return case.module.endswith("draw_masks_from_boxes") and not any(
        case.params.get(option) for option in random
    )


def drawn(case: Case) -> dict[str, Tensor]:
    """mask_S: a square mask of S cells a side."""
    sides = {name: int(match[1]) for name in case.outputs if (match := MASK.fullmatch(name))}
    return {name: keep_mask(case.inputs["boxes"], side, side) for name, side in sides.items()}
