"""How much arithmetic a step is, counted on networks without weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch.utils.flop_counter import FlopCounterMode

from gligen_core.blocks import BlockId
from gligen_core.unet import no_grounding

from .plan import Case
from .subjects import CELL_PX, LATENT_CHANNELS, SLOTS
from .weights import SIZES, meta_gligen, meta_unet

TEXT_TOKENS = 77
SIDES = 2  # of the guidance, in one batch


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Floating point operations of one step of the UNet, and of the fusers in it."""

    plain: int
    fusers: int

    @property
    def ratio(self) -> float:
        """What a grounded step costs at least, in plain ones."""
        return 1 + self.fusers / self.plain


def arithmetic(case: Case, size: str = "full") -> Arithmetic:
    """Counted by torch: matrix products, convolutions and attention."""
    cells = case.height_px // CELL_PX, case.width_px // CELL_PX
    one = _one_picture(cells, max(case.boxes, SLOTS), size)
    return Arithmetic(one.plain * case.batch, one.fusers * case.batch)


@cache  # counting takes seconds
def _one_picture(cells: tuple[int, int], tokens: int, size: str) -> Arithmetic:
    """Of a batch of one, both sides of the guidance in it. cells: rows and columns of the latent"""
    unet, gligen, config = meta_unet(size), meta_gligen(size), SIZES[size]
    with torch.device("meta"), torch.no_grad():
        x, times = torch.empty(SIDES, LATENT_CHANNELS, *cells), torch.empty(SIDES)
        text = torch.empty(SIDES, TEXT_TOKENS, config.context)
        ground = gligen.grounding(torch.empty(SIDES, tokens, config.context))
        with FlopCounterMode(display=False) as plain:
            unet(x, times, text, no_grounding)
        with FlopCounterMode(display=False) as grounded:
            unet(x, times, text, ground)
    flops = plain.get_total_flops()
    return Arithmetic(flops, grounded.get_total_flops() - flops)


def block_activations(case: Case, size: str = "full") -> int:
    """Bytes that one fuser holds at its peak, at the largest resolution: rows, attention's three
    projections and result, and the feed-forward's projection to twice four widths and its product.
    """
    fuser = meta_gligen(size).fuser(BlockId("input", 1))
    assert fuser is not None
    width = fuser.attn.to_q.in_features
    rows = SIDES * case.batch * (case.height_px // CELL_PX) * (case.width_px // CELL_PX)
    held = 2 + 3 + 1 + 8 + 4  # widths: x and its norm, q k v, attention, projection, product
    return rows * width * held * getattr(torch, case.dtype).itemsize
