"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import GligenError

PART_SUFFIX = ".part"  # of a file that is not yet whole
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def whole_file(path: Path, shown: str | None = None) -> Iterator[IO[bytes]]:
    """A new file to write to, put in the place of `path` at the end of the block.

    If the block fails, or the disk is full, nothing stays: no part of it, and no folder that was
    made for it. shown: how errors name the file; its bare name unless given.
    """
    shown = shown or path.name
    with reported(shown), folders_for(path.parent):
        # Of this process and thread alone, and not through a link that lies there already.
        part = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}{PART_SUFFIX}")
        try:
            with part.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def folders_for(folder: Path) -> Iterator[None]:
    """The folder, made if it is not there. If the block fails, what was made and is empty goes."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for each in missing:
            try:
                each.rmdir()
            except OSError:  # not made, or somebody else's file is in it
                break
        raise


@contextmanager
def reported(shown: str) -> Iterator[None]:
    """What the system refuses becomes a GligenError that names the file as it is shown."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            why = (
                "there is no room on the disk (or under its quota). Free some, or choose a smaller"
            )
            raise GligenError(f"{shown}: {why} precision, and run again.") from None
        if error.errno in NO_RIGHT:
            why = "ComfyUI may not write there. Choose another folder, or give it the right to."
            raise GligenError(f"{shown}: {why}") from None
        why = error.strerror or type(error).__name__
        raise GligenError(f"{shown}: can't be written ({why}). Choose another name.") from None
