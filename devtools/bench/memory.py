"""Memory of a subject: peaks, residents, and what a run keeps, each weighed in its own process.

`python -m devtools.bench.memory TASK JSON` prints JSON as its last line.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..console import DevError
from ..host_modules import Modules
from ..pins import CHECKOUT
from . import STEADY_HEAP
from .counts import block_activations
from .networks import ready_files
from .plan import Case
from .room import WARM_PX, Room
from .subjects import make_subject

PATIENCE_SECONDS = 900
COPIES = 3  # of a MODEL, whose GLIGENs must be one
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_PEAK = "5"  # what to write to CLEAR; proc(5)


class Peak:
    """Peak memory of a block. bytes: the most that the process, or the GPU's allocator, held in it.

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


def kept_by_run(subject: Any, model: Any, host: Modules) -> dict[str, int]:
    """Bytes in tensors beyond those before a run: "between" two evaluations of it, and "after" it.

    subject: of the host; samples two steps, not its first · model: what it samples copies of
    """
    at_evaluations: list[int] = []

    def weigh(executor: Any, *args: Any, **kwargs: Any) -> Any:
        at_evaluations.append(bytes_alive())
        return executor(*args, **kwargs)

    with _wrapped(model, host("comfy.patcher_extension").WrappersMP.CALC_COND_BATCH, weigh):
        before = bytes_alive()
        subject.lap(2)
        after = bytes_alive()
    return {"between": at_evaluations[-1] - before, "after": after - before}


@contextmanager
def _wrapped(model: Any, kind: str, wrapper: Any) -> Any:
    """A wrapper on a MODEL that copies inherit, until the end of the block."""
    model.add_wrapper_with_key(kind, "bench_memory", wrapper)
    try:
        yield
    finally:
        model.remove_wrappers_with_key(kind, "bench_memory")


def bytes_alive() -> int:
    """Bytes in all tensors that Python knows of, each storage counted once."""
    gc.collect()
    return _bytes(t for t in gc.get_objects() if issubclass(type(t), torch.Tensor))


def _bytes(tensors: Any) -> int:
    storages = [tensor.untyped_storage() for tensor in tensors if tensor.device.type != "meta"]
    return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())


def in_its_own(task: str, room: Room, **settings: Any) -> dict[str, Any]:
    """Result of a task from another process; DevError with the end of its output."""
    where = {
        "comfyui": str(room.comfyui),
        "device": room.device,
        "folder": str(room.folder),
        "size": room.size,
    }
    command = [sys.executable, "-m", "devtools.bench.memory", task, json.dumps(where | settings)]
    usual = {name: value for name, value in os.environ.items() if name not in STEADY_HEAP}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=usual, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise DevError(f"{task} {settings} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(lines[-1])


def peak(room: Room, subject: str, case: dict[str, Any]) -> dict[str, Any]:
    """Most memory of one step of a subject alone, and what its run keeps."""
    measured = Case(**{**case, "subjects": tuple(case["subjects"])})
    near = replace(measured, width_px=WARM_PX, height_px=WARM_PX, batch=1)
    networks = room.networks(measured.dtype)
    small = make_subject(subject, networks, near)
    small.lap(1)
    whole = make_subject(subject, networks, measured)
    with Peak(networks.device) as held:
        whole.lap(1)
    activations = block_activations(measured, room.size)
    result = {"subject": subject, "peak": held.bytes, "block_activations": activations}
    if whole.model is None:
        return result
    copies = [whole.model.clone() for _ in range(COPIES)]
    gligens = {id(g.model): g.model for copy in copies for g in copy.get_additional_models()}
    return result | {
        "kept": kept_by_run(small, networks.model, room.host),
        "gligens": len(gligens),
        "gligen_bytes": _bytes(w for gligen in gligens.values() for w in gligen.parameters()),
    }


def open_by_pack(room: Room) -> dict[str, Any]:
    """Opening of an fp16 file of safetensors by the core, as Load GLIGEN reads it."""
    from gligen_core.checkpoint import load_gligen

    return {"subject": "this pack"} | _opening(room, load_gligen)


def open_by_host(room: Room) -> dict[str, Any]:
    """Opening of the same file by the loader that the host's own node calls."""
    load = room.host("comfy.sd").load_gligen
    return {"subject": "stock"} | _opening(room, lambda path: load(str(path)))


def _opening(room: Room, load: Callable[[Path], Any]) -> dict[str, Any]:
    """Seconds until the network is there, bytes at the peak beyond those before, and the limit:
    the file's size and its largest tensor.
    """
    from safetensors import safe_open

    file = ready_files(room.size, room.folder).gligen_fp16
    with safe_open(file, "pt") as tensors:
        shapes = [tensors.get_slice(name).get_shape() for name in tensors.keys()]
    largest = max(torch.Size(shape).numel() for shape in shapes) * torch.float16.itemsize
    with Peak(torch.device("cpu")) as held:
        began = time.perf_counter()
        network = load(file)
        seconds = time.perf_counter() - began
    del network
    grown = None if held.bytes is None or held.before is None else held.bytes - held.before
    return {"seconds": seconds, "peak": grown, "limit": file.stat().st_size + largest}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "peak": peak,
    "open_by_pack": open_by_pack,
    "open_by_host": open_by_host,
}


def main(task: str, settings: str) -> None:
    """Run a task of TASKS; settings: JSON of the room's and the task's own."""
    chosen = json.loads(settings)
    where = [chosen.pop(name) for name in ("comfyui", "device", "folder", "size")]
    room = Room(Path(where[0]), where[1], Path(where[2]), where[3])
    print(json.dumps(TASKS[task](room, **chosen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
