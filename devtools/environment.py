"""The virtual environment in the checkout: made once, then known by its stamp."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from .console import DevError, say
from .pins import CHECKOUT
from .pip import run_pip

FOLDER = CHECKOUT / ".venv"
STAMP = FOLDER / "installed.txt"
# torch's wheels for Linux bring CUDA along: about 6.5 GB unpacked, 3 GB while downloading.
ROOM_GB = 10 if sys.platform.startswith("linux") else 4


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def create_environment() -> Path:
    """Make the virtual environment unless there is a working one; its Python."""
    python = python_of(FOLDER)
    if _works(python):
        return python
    room = shutil.disk_usage(CHECKOUT).free / 1e9
    if room < ROOM_GB:
        raise DevError(
            f"{room:.1f} GB are free at {CHECKOUT}; the environment needs about {ROOM_GB} GB. "
            "Make room, or put the checkout on another disk."
        )
    say(f"Making a virtual environment in {FOLDER}")
    try:
        # Without ensurepip (Debian without python3-venv) this Python's own pip does the work.
        with_pip = importlib.util.find_spec("ensurepip") is not None
        venv.create(FOLDER, clear=True, with_pip=with_pip, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise DevError(f"{FOLDER} could not be made: {error}") from error
    return python


def install(requirements: Sequence[str], lists: Sequence[Path]) -> None:
    """Install the requirements and the requirement files, unless the stamp says they are there."""
    stamp = _fingerprint(requirements, lists)
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == stamp:
        return
    say("Installing torch, the host's requirements and the tools (once; minutes)")
    files = [argument for file in lists for argument in ("-r", str(file))]
    arguments = ["install", *requirements, *files]
    run_pip(python_of(FOLDER), arguments, "Installing the requirements")
    STAMP.write_text(stamp + "\n", encoding="utf-8")


def _fingerprint(requirements: Sequence[str], lists: Sequence[Path]) -> str:
    text = "\n".join([*requirements, *(file.read_text(encoding="utf-8") for file in lists)])
    return hashlib.sha256(text.encode()).hexdigest()


def _works(python: Path) -> bool:
    """A moved checkout, or a Python that was since removed, leaves an environment that does not."""
    try:
        return subprocess.run([str(python), "-c", "pass"], capture_output=True).returncode == 0
    except OSError:
        return False
