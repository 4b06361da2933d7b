"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from ..pins import CHECKOUT
from . import heap
from .process import Modules

CPU_NAME = "model name"  # in Linux's list of them


def facts(host: Modules) -> dict[str, Any]:
    """Machine and versions."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "diffusers": version("diffusers"),
        "transformers": version("transformers"),
        "comfyui": host("comfyui_version").__version__,
        "heap": "kept" if heap.STEADY.items() <= os.environ.items() else "as usual",
    }


def stamp() -> dict[str, str]:
    """When, and of which commit."""
    return {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "commit": _commit()}


@cache
def _commit() -> str:
    """Asked for once: later the bench's own numbers lie in the checkout, and it counts as dirty."""
    git = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(git, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git
        return ""


def _cpu() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(CPU_NAME)]
    return names[0] if names else platform.processor() or platform.machine()
