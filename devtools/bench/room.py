"""Room of the bench: the host in this process, its networks, one set at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import torch

from ..host_modules import Modules, enter_host, load_pack
from .networks import FOLDER, Networks
from .plan import Case, Device
from .subjects import Subject, make_subject
from .timing import Timed, take_turns

# All subjects attend by torch's own function: on a GPU the host's choice, on a CPU diffusers'.
FLAGS: dict[Device, tuple[str, ...]] = {
    "cpu": ("--cpu", "--use-pytorch-cross-attention"),
    "cuda": (),
}
WARM_PX = 64  # of the run that brings weights into memory


class Room:
    """Host with its networks. comfyui: its folder · folder: for weights · size: of SIZES"""

    def __init__(
        self, comfyui: Path, device: Device, folder: Path = FOLDER, size: str = "full"
    ) -> None:
        self.comfyui, self.folder, self.size = comfyui, folder, size
        self.device: Device = device
        self._networks: Networks | None = None

    @cached_property
    def host(self) -> Modules:
        modules = enter_host(self.comfyui, self.folder / "host", FLAGS[self.device])
        modules("comfy.utils").set_progress_bar_enabled(False)
        return modules

    @cached_property
    def pack(self) -> Modules:
        return load_pack(self.host)

    def networks(self, dtype: str, size: str = "") -> Networks:
        """Of that dtype and size; others are let go."""
        size = size or self.size
        wanted = getattr(torch, dtype)
        kept = self._networks
        if kept is None or (kept.dtype, kept.size) != (wanted, size):
            self.clear()
            self._networks = Networks(self.host, self.pack, size, self.folder, wanted)
        assert self._networks is not None
        return self._networks

    def clear(self) -> None:
        """Let the networks go."""
        self._networks = None
        gc.collect()
        self.host("comfy.model_management").unload_all_models()
        self.host("comfy.model_management").soft_empty_cache()
        gc.collect()

    def subjects(self, case: Case, size: str = "") -> list[Subject]:
        """Warm: each has sampled a step."""
        networks = self.networks(case.dtype, size)
        near = replace(case, width_px=WARM_PX, height_px=WARM_PX, batch=1)
        # On a GPU the first run of a shape chooses algorithms; on a CPU it only takes long.
        warm = case if self.device == "cuda" else near
        for name in case.subjects:
            make_subject(name, networks, warm).lap(1)
        return [make_subject(name, networks, case) for name in case.subjects]

    def time(self, case: Case, size: str = "") -> Timed:
        return take_turns(case, self.subjects(case, size))


@contextmanager
def one_thread() -> Iterator[None]:
    """For small networks, on which two threads take longer than one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
