"""Writing GLIGEN files into the host's own folders, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import comfy.model_management
import comfy.utils
import folder_paths

from ...gligen_core.checkpoint import describe, detect, read_checkpoint, save_gligen
from ...gligen_core.checkpoint.keys import Layout
from ...gligen_core.checkpoint.write import SUFFIX, Precision
from ...gligen_core.errors import GligenError
from .files import FOLDER, gligen_path

MODELS, OUTPUT = "models/gligen", "output"
FOLDERS = (MODELS, OUTPUT)
_UNFIT = re.compile(r'[<>:"|?*\x00-\x1f]')  # for a file name, on one system or another
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
    file = read_checkpoint(gligen_path(gligen_name))
    found = detect(file, modality)
    bar = comfy.utils.ProgressBar(1)

    def progress(done: int, total: int) -> None:
        comfy.model_management.throw_exception_if_processing_interrupted()
        bar.update_absolute(done, total)

    saved = save_gligen(file, found, target, precision, layout, overwrite, progress)
    size = sum(part.stat().st_size for part in [saved, *saved.rglob("*")] if part.is_file())
    return f"{saved}\n{size / MIB:,.0f} MiB · {layout} · {precision}\n{describe(file, found)}"


def save_path(folder: str, name: str, layout: Layout) -> Path:
    """Where a name of a person's choice lies: inside one of FOLDERS, subfolders allowed.

    Raises GligenError for a name that is empty, leads out of the folder, or fits no file system.
    """
    parts = PurePosixPath(name.strip().replace("\\", "/")).parts
    if not parts or parts[0].startswith("/") or ".." in parts or any(map(_UNFIT.search, parts)):
        raise GligenError(
            f"GLIGEN_Save: {name!r} is no name for a file in {folder!r}. Write one such as "
            "'gligen_text_box_fp16' or 'small/gligen_text_box', without '..' or ':'."
        )
    root = _root(folder)
    path = root.joinpath(*parts)
    if layout == "ldm" and path.suffix != SUFFIX:
        path = path.with_name(path.name + SUFFIX)
    if not path.resolve().is_relative_to(root.resolve()):
        raise GligenError(
            f"GLIGEN_Save: {name!r} leads out of {root} by a link. Choose another name."
        )
    return path


def _root(folder: str) -> Path:
    if folder == OUTPUT:
        return Path(folder_paths.get_output_directory())
    return Path(folder_paths.get_folder_paths(FOLDER)[0])
