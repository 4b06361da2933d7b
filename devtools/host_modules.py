"""Modules of the host in this process, with the pack loaded by the host's own loader."""

from __future__ import annotations

import asyncio
import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .pins import CHECKOUT

Modules = Callable[[str], Any]
"""A module by its name: `host("comfy.samplers")`, `pack("host.patch")`."""


def enter_host(comfyui: Path, base: Path, flags: Sequence[str]) -> Modules:
    """The host's modules. Once in a process: it reads its command line when first imported.

    comfyui: its folder · base: what `--base-directory` names · flags: such as `--cpu`
    """
    # In front of the checkout, whose folder `nodes` would hide the host's `nodes.py`.
    sys.path.insert(0, str(comfyui))
    arguments, sys.argv = sys.argv, ["main.py", *flags, "--base-directory", str(base)]
    try:
        with warnings.catch_warnings(action="ignore"):
            importlib.import_module("comfy.options").enable_args_parsing()
            importlib.import_module("nodes")
    finally:
        sys.argv = arguments
    return importlib.import_module


def load_pack(host: Modules, folder: Path = CHECKOUT) -> Modules:
    """The pack's modules as the host loads them from its folder."""
    nodes = host("nodes")
    with warnings.catch_warnings(action="ignore"), ThreadPoolExecutor(1) as pool:
        # In a thread of its own: a browser's driver keeps a loop in the main one.
        if not pool.submit(asyncio.run, nodes.load_custom_node(str(folder))).result():
            raise RuntimeError(f"{folder}: the host could not load the pack; see its log.")
    name = str(folder).replace(".", "_x_")  # as the host names it
    return lambda module: importlib.import_module(f"{name}.{module}")
