"""Inpainting with the host's VAE: from a picture and what to paint, to latents and masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..gligen_core.bases import CELL_PX
from ..gligen_core.engine.attachment import Inpainting
from ..gligen_core.errors import GligenError
from ..gligen_core.layout import Layout, LayoutSequence
from ..gligen_core.masks import keep_mask
from ..gligen_core.pictures import whole_cells
from ..gligen_core.sampling.inpaint import check_mask_size, keep_of_mask

WHERE = "GLIGEN_Inpaint"


@dataclass(frozen=True, slots=True)
class Painting:
    """latent: the host's, with a noise mask that keeps what is not painted
    inpainting: for the conditionings · mask: b H W in 0..1, all that is painted, for paste-back
    """

    latent: dict[str, Tensor]
    inpainting: Inpainting
    mask: Tensor


def painting(
    vae: Any, pixels: Tensor, mask: Tensor | None, layout: Layout | LayoutSequence | None
) -> Painting:
    """A picture with a mask, with a layout's boxes, or with both: what either covers is painted.

    pixels: b H W 3 · mask: b H W, 1 where to paint. The picture is cut to whole cells of 8 pixels.
    """
    if mask is None and layout is None:
        raise GligenError(
            f"{WHERE}: nothing says where to paint. Wire `mask`, or `layout` for its boxes."
        )
    if mask is not None:
        mask = mask.reshape(-1, *mask.shape[-2:]).float()
        check_mask_size(mask, pixels.shape[1], pixels.shape[2], WHERE)
        mask = whole_cells(mask[..., None])[..., 0]
    pixels = whole_cells(pixels[..., :3])
    height, width = (side // CELL_PX for side in pixels.shape[1:3])
    keeps: list[Tensor] = []
    masks: list[Tensor] = []
    if mask is not None:
        keeps.append(keep_of_mask(mask, height, width))
        masks.append(mask)
    boxes = _boxes(layout, alone=mask is None)
    if boxes is not None:
        keeps.append(keep_mask(boxes, height, width))
        masks.append(_enlarged(1 - keeps[-1][:, 0]))
    batch = _batch(pixels, *keeps)
    keep = _repeated(_product(keeps), batch)
    painted = _repeated(1 - _product([1 - each for each in masks]), batch)
    latent = _repeated(vae.encode(pixels), batch)
    return Painting(
        {"samples": latent, "noise_mask": 1 - keep},
        Inpainting(latent, keep.round()),  # the network was trained with whole cells
        painted,
    )


def _boxes(layout: Layout | LayoutSequence | None, alone: bool) -> Tensor | None:
    """-> b n 4, zeros where a layout has fewer; None without any box."""
    if layout is None:
        return None
    layouts = layout.layouts if isinstance(layout, LayoutSequence) else (layout,)
    most = max(len(each.entities) for each in layouts)
    if not most and alone:
        raise GligenError(
            f"{WHERE}: the layout has no boxes, so there is nowhere to paint. Add a box, or wire "
            "`mask`."
        )
    boxes = torch.zeros(len(layouts), most, 4)
    for rows, each in zip(boxes, layouts, strict=True):
        for row, entity in zip(rows, each.entities, strict=False):
            on_canvas = entity.box.clamped()
            if on_canvas is not None:
                row.copy_(torch.tensor(on_canvas.as_tuple()))
    return boxes if most else None


def _enlarged(cells: Tensor) -> Tensor:
    """b h w -> b H W"""
    return cells.repeat_interleave(CELL_PX, -2).repeat_interleave(CELL_PX, -1)


def _product(parts: list[Tensor]) -> Tensor:
    result = parts[0]
    for part in parts[1:]:
        result = result * part
    return result


def _batch(pixels: Tensor, *keeps: Tensor) -> int:
    """How many pictures; GligenError where the parts do not fit one another."""
    sizes = {len(pixels), *(len(keep) for keep in keeps)} - {1}
    if len(sizes) > 1:
        raise GligenError(
            f"{WHERE}: {len(pixels)} pictures, but {' and '.join(str(len(k)) for k in keeps)} "
            "masks or layouts; expected one for all, or one for each."
        )
    return max(sizes, default=1)


def _repeated(values: Tensor, batch: int) -> Tensor:
    return values if len(values) == batch else values.repeat(batch, *[1] * (values.ndim - 1))
