"""Names for files that a person chooses: what any system takes, inside a folder of the host's."""

from __future__ import annotations

import re
from pathlib import Path

from ..gligen_core.errors import GligenError
from ..gligen_core.text import excerpt, writable

LONGEST_PART = 200  # bytes between two slashes: most systems end at 255, endings are added
LONGEST_NAME = 1_000  # bytes
_UNFIT = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')  # on one system or another
# Devices of Windows, in any folder and with any ending.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE
)


def name_parts(name: str, where: str, folder: str) -> tuple[str, ...]:
    """Folders and file of a name such as `small/gligen`, both slashes allowed.

    where: the node that asks · folder: what the name is for, as errors show it
    Raises GligenError for a name that is empty, leads out, or is no file on one of the systems.
    """
    written = writable(name).strip().replace("\\", "/")
    parts = [part for part in written.split("/") if part not in ("", ".")]
    why = _unfit(written, parts)
    if why:
        raise GligenError(
            f"{where}: {excerpt(name, 100)!r} is no name for a file in {folder!r}: {why}. Write "
            "one such as 'gligen_text_box_fp16' or 'small/gligen_text_box', without '..' or ':'."
        )
    return tuple(parts)


def inside(root: Path, path: Path, where: str, folder: str) -> Path:
    """The path; GligenError if a link on its way leads out of the root."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise GligenError(
            f"{where}: {excerpt(path.name, 100)!r} leads out of {folder!r} by a link. "
            "Choose another name."
        )
    return path


def _unfit(written: str, parts: list[str]) -> str | None:
    """Why a name is none, or None."""
    if not parts:
        return "it is empty"
    if written.startswith("/") or ".." in parts:
        return "it leads out of the folder"
    if len(written.encode()) > LONGEST_NAME or any(len(p.encode()) > LONGEST_PART for p in parts):
        return f"it is too long ({LONGEST_PART} bytes between two slashes)"
    for part in parts:
        if _UNFIT.search(part):
            return "it has a character that no file name has on some systems"
        if part != part.strip() or part.endswith("."):
            return "a part of it begins or ends with a blank or a dot"
        if _DEVICE.fullmatch(part):
            return f"{part!r} is a device on Windows"
    return None
