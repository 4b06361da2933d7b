"""Text files in the host's output folder."""

from __future__ import annotations

from pathlib import Path

import folder_paths

from ..gligen_core.text import writable
from ..gligen_core.whole_file import folders_for, reported, whole_file
from .file_names import inside, name_parts

OUTPUT = "output"


def save_text(text: str, prefix: str, suffix: str, node: str) -> str:
    """Written beside the host's pictures, numbered like them; the name below the output folder.

    prefix: a name, with folders if you like; it must stay in the output folder
    """
    parts = name_parts(prefix, node, OUTPUT)
    root = Path(folder_paths.get_output_directory())
    place = inside(root, root.joinpath(*parts), node, OUTPUT)
    with reported(f"{node}: {OUTPUT}/{'/'.join(parts)}"), folders_for(place.parent):
        folder, name, counter, subfolder, _ = folder_paths.get_save_image_path(
            "/".join(parts), str(root)
        )
        while (file := Path(folder, f"{name}_{counter:05}{suffix}")).exists():
            counter += 1  # the host counts its own pictures only
        shown = Path(subfolder, file.name)
        with whole_file(file, f"{node}: {Path(OUTPUT, shown).as_posix()}") as out:
            out.write(writable(text).encode())
    return str(shown)
