"""The host's page of today: newer than the one on the fetched host's own list, and shown by it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from .console import DevError, say
from .host import STORE
from .pins import read_pins
from .pip import run_pip

PAGES = STORE / "page"  # one folder per version: checkouts that share the store may differ
INSIDE_PACKAGE = Path("comfyui_frontend_package") / "static"


def ready_page(python: Path) -> Path:
    """The folder for the host's --front-end-root: the pinned page, fetched once for its version.

    python: whose pip fetches it; nothing is installed beside it. DevError where that fails
    """
    pin = read_pins().page
    folder = PAGES / pin.partition("==")[2]
    page = folder / INSIDE_PACKAGE
    if not (page / "index.html").is_file():
        _fetch(python, pin, folder)
    if not (page / "index.html").is_file():
        raise DevError(f"{pin}: there is no {INSIDE_PACKAGE.as_posix()}/index.html in it.")
    return page


def _fetch(python: Path, pin: str, folder: Path) -> None:
    """A half-done fetching is never mistaken for a page: it gets its name when it is whole."""
    say(f"Fetching the page ({pin})")
    PAGES.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix="partial-", dir=PAGES))
    try:
        arguments = ["install", "--no-deps", "--target", str(partial), pin]
        run_pip(python, arguments, f"Fetching {pin}")
        shutil.rmtree(folder, ignore_errors=True)
        # Where another checkout was faster, its copy is the same.
        with contextlib.suppress(OSError):
            partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
