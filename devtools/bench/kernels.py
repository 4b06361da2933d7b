"""What a step asks of a GPU: kernels, copies, and waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .subjects import Subject

STEPS = 4
WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize")


@dataclass(frozen=True, slots=True)
class Launches:
    """Per step. waits: of the program for the GPU · copies: of memory, in any direction"""

    subject: str
    kernels: float
    copies: float
    waits: float


def count_launches(subject: Subject, steps: int = STEPS) -> Launches:
    """Of a warm subject, by torch's profiler; of a run's ends only a share falls on each step."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as record:
        subject.lap(steps)
    on_gpu = [event for event in record.events() or () if _on_gpu(event)]
    copies = sum(event.name.startswith(("Memcpy", "Memset")) for event in on_gpu)
    waits = sum(event.name in WAITS for event in record.events() or ())
    return Launches(subject.name, (len(on_gpu) - copies) / steps, copies / steps, waits / steps)


def _on_gpu(event: Any) -> bool:
    return "CUDA" in str(event.device_type)
