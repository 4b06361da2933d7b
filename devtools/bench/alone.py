"""What has to be weighed in a process of its own: `python -m devtools.bench.alone TASK JSON`.

Its last line of output is JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from ..console import DevError
from ..pins import CHECKOUT
from . import heap
from .arithmetic import block_activations
from .memory import Peak, kept_by_run, opening, parameter_bytes
from .plan import Case
from .room import WARM_PX, Room
from .subjects import make_subject
from .weights import ready_files

PATIENCE_SECONDS = 900
COPIES = 3  # of a MODEL, whose GLIGENs must be one


def in_its_own(task: str, room: Room, **settings: Any) -> dict[str, Any]:
    """The task's result, from another process; DevError with the end of its output."""
    where = {
        "comfyui": str(room.comfyui),
        "device": room.device,
        "folder": str(room.folder),
        "size": room.size,
    }
    command = [sys.executable, "-m", "devtools.bench.alone", task, json.dumps(where | settings)]
    usual = {name: value for name, value in os.environ.items() if name not in heap.STEADY}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=usual, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise DevError(f"{task} {settings} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(lines[-1])


def peak(room: Room, subject: str, case: dict[str, Any]) -> dict[str, Any]:
    """A subject alone: the most memory of one step, and what its run keeps."""
    measured = Case(**{**case, "subjects": tuple(case["subjects"])})
    near = replace(measured, width_px=WARM_PX, height_px=WARM_PX, batch=1)
    networks = room.networks(measured.dtype)
    small = make_subject(subject, networks, near)
    small.lap(1)
    whole = make_subject(subject, networks, measured)
    with Peak(networks.device) as held:
        whole.lap(1)
    result: dict[str, Any] = {
        "subject": subject,
        "peak": held.bytes,
        "block_activations": block_activations(measured, room.size),
    }
    if whole.model is None:
        return result
    kept = kept_by_run(small, networks.model, room.host)
    copies = [whole.model.clone() for _ in range(COPIES)]
    gligens = {
        id(extra.model): extra.model for copy in copies for extra in copy.get_additional_models()
    }
    return result | {
        "kept": asdict(kept),
        "gligens": len(gligens),
        "gligen_bytes": parameter_bytes(list(gligens.values())),
    }


def open_by_pack(room: Room) -> dict[str, Any]:
    """The core alone: an fp16 file of safetensors, as Load GLIGEN reads it."""
    from gligen_core.checkpoint import load_gligen

    file = ready_files(room.size, room.folder).gligen_fp16
    return {"subject": "this pack"} | asdict(opening(load_gligen, file, _largest(file)))


def open_by_host(room: Room) -> dict[str, Any]:
    """The same file by the loader that the host's own node calls."""
    file = ready_files(room.size, room.folder).gligen_fp16
    load = room.host("comfy.sd").load_gligen
    return {"subject": "stock"} | asdict(
        opening(lambda path: load(str(path)), file, _largest(file))
    )


def _largest(file: Path) -> int:
    """Bytes of its largest tensor."""
    from safetensors import safe_open

    with safe_open(file, "pt") as tensors:
        slices = [tensors.get_slice(name).get_shape() for name in tensors.keys()]
    return max(torch.Size(shape).numel() for shape in slices) * torch.float16.itemsize


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "peak": peak,
    "open_by_pack": open_by_pack,
    "open_by_host": open_by_host,
}


def main(task: str, settings: str) -> None:
    chosen = json.loads(settings)
    room = Room(
        Path(chosen.pop("comfyui")),
        chosen.pop("device"),
        Path(chosen.pop("folder")),
        chosen.pop("size"),
    )
    print(json.dumps(TASKS[task](room, **chosen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
