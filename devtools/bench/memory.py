"""Peaks and residents: what a process holds, and what a run keeps."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .process import Modules

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_PEAK = "5"  # what to write to CLEAR; proc(5)


class Peak:
    """bytes: the most that the process, or the GPU's allocator, held within the block.

    before: what it held when the block began. Both are None where Linux's /proc is missing.
    """

    def __init__(self, device: torch.device) -> None:
        self._gpu = device.type == "cuda"
        self.before: int | None = None
        self.bytes: int | None = None

    def __enter__(self) -> Peak:
        gc.collect()
        if self._gpu:
            torch.cuda.reset_peak_memory_stats()
            self.before = torch.cuda.memory_allocated()
        elif CLEAR.exists():
            CLEAR.write_text(FORGET_PEAK)
            self.before = _resident("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        if self._gpu:
            self.bytes = torch.cuda.max_memory_allocated()
        elif CLEAR.exists():
            self.bytes = _resident("VmHWM")


def _resident(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """seconds: until the network is there · peak: bytes beyond what there was · limit: the file's
    size and its largest tensor"""

    seconds: float
    peak: int | None
    limit: int


def opening(load: Any, file: Path, largest: int) -> Opened:
    """load: opens the file · largest: bytes of its largest tensor"""
    with Peak(torch.device("cpu")) as peak:
        began = time.perf_counter()
        held = load(file)
        seconds = time.perf_counter() - began
    del held
    grown = None if peak.bytes is None or peak.before is None else peak.bytes - peak.before
    return Opened(seconds, grown, file.stat().st_size + largest)


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes in tensors: between two evaluations of a run beyond what there was before it, and
    after it beyond what there was before it."""

    between: int
    after: int


def kept_by_run(subject: Any, model: Any, host: Modules) -> Kept:
    """subject: of the host; samples two steps, not its first · model: what it samples copies of"""
    kinds = host("comfy.patcher_extension").WrappersMP
    at_evaluations: list[int] = []

    def weigh(executor: Any, *args: Any, **kwargs: Any) -> Any:
        at_evaluations.append(bytes_alive())
        return executor(*args, **kwargs)

    with _wrapped(model, kinds.CALC_COND_BATCH, weigh):
        before = bytes_alive()
        subject.lap(2)
        after = bytes_alive()
    return Kept(at_evaluations[-1] - before, after - before)


@contextmanager
def _wrapped(model: Any, kind: str, wrapper: Any) -> Iterator[None]:
    """A wrapper on a MODEL that copies inherit, until the end of the block."""
    model.add_wrapper_with_key(kind, "bench_memory", wrapper)
    try:
        yield
    finally:
        model.remove_wrappers_with_key(kind, "bench_memory")


def bytes_alive() -> int:
    """In all tensors that Python knows of, each storage counted once."""
    gc.collect()
    tensors = [thing for thing in gc.get_objects() if issubclass(type(thing), torch.Tensor)]
    storages = [tensor.untyped_storage() for tensor in tensors if tensor.device.type != "meta"]
    return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())


def parameter_bytes(networks: list[nn.Module]) -> int:
    """Of all of them, each storage counted once."""
    storages = [weight.untyped_storage() for net in networks for weight in net.parameters()]
    return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())
