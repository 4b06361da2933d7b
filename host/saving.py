"""Writing GLIGEN files into the host's own folders, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import comfy.model_management
import comfy.utils
import folder_paths

from ..gligen_core.bases.sd_keys import Layout
from ..gligen_core.checkpoint import describe, detect, read_checkpoint, save_gligen
from ..gligen_core.checkpoint.precision import Precision
from ..gligen_core.checkpoint.write import SUFFIX
from ..gligen_core.errors import GligenError
from .file_names import inside, name_parts
from .files import DEMO_WEIGHTS, FOLDER, NOT_GLIGEN, gligen_path

MODELS, OUTPUT = "models/gligen", "output"
FOLDERS = (MODELS, OUTPUT)
NODE = "GLIGEN_Save"
ALLOW_OVERWRITE = "GLIGEN_ALLOW_OVERWRITE"  # environment: a server for many keeps what is there
MIB = 1 << 20


def save(
    gligen_name: str,
    name: str,
    precision: Precision,
    layout: Layout,
    folder: str,
    overwrite: bool,
    modality: str,
) -> str:
    """Save a listed file under another name; returns what was saved, for a person.

    Shows progress, and stops when the host is told to, leaving nothing half written.
    Raises GligenError: what is wrong with the file or the name, and what to do.
    """
    target = save_path(folder, name, layout)
    shown = f"{folder}/{target.relative_to(_root(folder)).as_posix()}"
    if overwrite and target.exists() and not may_overwrite():
        raise GligenError(
            f"{NODE}: {shown} is there already, and this server replaces no files. Choose another "
            f"name, or set {ALLOW_OVERWRITE}=1 in the environment that ComfyUI is started in."
        )
    file = read_checkpoint(gligen_path(gligen_name))
    found = detect(file, modality)
    bar = comfy.utils.ProgressBar(1)

    def progress(done: int, total: int) -> None:
        comfy.model_management.throw_exception_if_processing_interrupted()
        bar.update_absolute(done, total)

    where = f"{NODE}: {shown}"
    saved = save_gligen(file, found, target, precision, layout, overwrite, progress, where)
    size = sum(part.stat().st_size for part in [saved, *saved.rglob("*")] if part.is_file())
    return f"{shown}\n{size / MIB:,.0f} MiB · {layout} · {precision}\n{describe(file, found)}"


def save_path(folder: str, name: str, layout: Layout) -> Path:
    """Where a name of a person's choice lies: inside one of FOLDERS, subfolders allowed.

    Raises GligenError for a name that is empty, leads out of the folder, or fits no file system.
    """
    parts = name_parts(name, NODE, folder)
    root = _root(folder)
    path = root.joinpath(*parts)
    if layout == "ldm" and path.suffix != SUFFIX:
        path = path.with_name(path.name + SUFFIX)
    if folder == MODELS and path.parent == root and path.name.casefold() in _reserved():
        raise GligenError(
            f"{NODE}: {path.name!r} is the name of a file of this pack, which the new one would "
            "take the place of in every list. Choose another name."
        )
    return inside(root, path, NODE, folder)


def may_overwrite() -> bool:
    """Whether whoever runs this server lets files be replaced."""
    return os.environ.get(ALLOW_OVERWRITE, "").strip().lower() in ("1", "true", "yes", "on")


def _reserved() -> set[str]:
    """Names, in small letters, that the pack finds its own files by."""
    own = {file.name for file in DEMO_WEIGHTS.iterdir()} | NOT_GLIGEN
    endings = {f"{name}{SUFFIX}" for name in own if not name.endswith(SUFFIX)}
    return {name.casefold() for name in own | endings}


def _root(folder: str) -> Path:
    if folder == OUTPUT:
        return Path(folder_paths.get_output_directory())
    roots = [Path(root) for root in folder_paths.get_folder_paths(FOLDER)]
    return next(root for root in roots if root != DEMO_WEIGHTS)
