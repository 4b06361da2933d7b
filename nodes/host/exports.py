"""Text files in the host's output folder."""

from __future__ import annotations

from pathlib import Path

import folder_paths

from ...gligen_core.errors import GligenError


def save_text(text: str, prefix: str, suffix: str, node: str) -> str:
    """Written beside the host's pictures, numbered like them; the name below the output folder.

    prefix: a name, with folders if you like; it must stay in the output folder
    """
    root = folder_paths.get_output_directory()
    inside = Path(root, prefix).resolve()
    if not inside.is_relative_to(Path(root).resolve()):
        raise GligenError(
            f"{node}: {prefix!r} leads out of the output folder {root}. Write a name, with folders "
            "below it if you like."
        )
    folder, name, counter, subfolder, _ = folder_paths.get_save_image_path(prefix, root)
    while (file := Path(folder, f"{name}_{counter:05}{suffix}")).exists():
        counter += 1  # the host counts its own pictures only
    file.write_text(text, encoding="utf-8")
    return str(Path(subfolder, file.name))
