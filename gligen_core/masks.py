"""Masks from boxes, for inpainting: 1 keeps the picture, 0 is painted anew."""

from __future__ import annotations

import torch
from torch import Tensor


def keep_mask(boxes: Tensor, height: int, width: int) -> Tensor:
    """Masks (b 1 height width, 0 or 1) of boxes: b n 4 (x0 y0 x1 y1, fractions; zeros: no object)

    Corners are cut to whole cells, computed in float32, and the far edge is left out, so a box
    thinner than a cell may vanish (official inpaint_mask_func.py, draw_masks_from_boxes).
    """
    cells = torch.tensor((width, height, width, height), dtype=torch.float32, device=boxes.device)
    x0, y0, x1, y1 = (boxes.float() * cells).trunc()[..., None].unbind(dim=-2)  # b n 1 each
    x, y = torch.arange(width, device=boxes.device), torch.arange(height, device=boxes.device)
    rows, columns = (y0 <= y) & (y < y1), (x0 <= x) & (x < x1)  # b n height, b n width
    painted = (rows[..., :, None] & columns[..., None, :]).any(dim=1, keepdim=True)
    return 1 - painted.float()
