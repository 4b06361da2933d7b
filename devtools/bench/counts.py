"""Counts of a step: arithmetic on networks without weights, kernels and waits of a GPU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from gligen_core.unet import no_grounding

from .networks import SIZES, meta_gligen, meta_unet
from .plan import CELL_PX, LATENT_CHANNELS, SLOTS, Case

TEXT_TOKENS = 77
SIDES = 2  # of the guidance, in one batch
PROFILED_STEPS = 4
WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize")


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Floating point operations of one step of the UNet, and of the fusers in it."""

    plain: int
    fusers: int

    @property
    def ratio(self) -> float:
        """Operations of a grounded step over those of a plain one."""
        return 1 + self.fusers / self.plain


def arithmetic(case: Case, size: str = "full") -> Arithmetic:
    """Operations counted by torch: matrix products, convolutions and attention."""
    cells = case.height_px // CELL_PX, case.width_px // CELL_PX
    one = _one_picture(cells, max(case.boxes, SLOTS), size)
    return Arithmetic(one.plain * case.batch, one.fusers * case.batch)


@cache  # counting takes seconds
def _one_picture(cells: tuple[int, int], tokens: int, size: str) -> Arithmetic:
    """Operations of one picture, both sides of the guidance. cells: rows and columns."""
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
    """Bytes that the largest fuser holds at its peak: rows, attention's three projections and
    result, and the feed-forward's projection to twice four widths and its product.
    """
    gligen = meta_gligen(size)
    width = min(f.norm1.weight.shape[0] for block in gligen.blocks if (f := gligen.fuser(block)))
    rows = SIDES * case.batch * (case.height_px // CELL_PX) * (case.width_px // CELL_PX)
    held = 2 + 3 + 1 + 8 + 4  # widths: x and its norm, q k v, attention, projection, product
    return rows * width * held * getattr(torch, case.dtype).itemsize


def count_launches(subject: Any, steps: int = PROFILED_STEPS) -> dict[str, Any]:
    """Kernels, copies and waits per step of a warm subject, by torch's profiler."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as record:
        subject.lap(steps)
    events = record.events() or ()
    on_gpu = [event for event in events if "CUDA" in str(event.device_type)]
    copies = sum(event.name.startswith(("Memcpy", "Memset")) for event in on_gpu)
    counts = {
        "kernels": len(on_gpu) - copies,
        "copies": copies,
        "waits": sum(event.name in WAITS for event in events),
    }
    per_step = {name: count / steps for name, count in counts.items()}
    return {"subject": subject.name} | per_step
