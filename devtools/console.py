"""What a person sees while waiting: one line for each thing done, bars for what takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BAR_CELLS = 30
REDRAW_SECONDS = 0.1
LOGGED_STEPS = 4  # lines of a bar that goes to a file instead of a terminal


class DevError(Exception):
    """Something the person at the keyboard can put right; shown without a traceback."""


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


class ProgressBar:
    """`label [#####-----] 10/20`, redrawn in place; a few plain lines without a terminal."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._terminal = sys.stdout.isatty()
        self._drawn_at = 0.0
        self._drawn = ""
        self._logged = 0

    def show(self, done: int, total: int, note: str = "") -> None:
        """done of total, in any unit; the note stands behind the numbers."""
        filled = BAR_CELLS * done // max(total, 1)
        line = f"{self._label} [{'#' * filled:-<{BAR_CELLS}}] {done}/{total} {note}".rstrip()
        if self._terminal:
            self._redraw(line, last=done >= total)
        elif done * LOGGED_STEPS // max(total, 1) > self._logged:
            self._logged = done * LOGGED_STEPS // max(total, 1)
            say(line)

    def close(self) -> None:
        """Leave the bar as it stands and go to the next line."""
        if self._drawn:
            say("")
        self._drawn = ""

    def _redraw(self, line: str, last: bool) -> None:
        if not last and time.monotonic() - self._drawn_at < REDRAW_SECONDS:
            return
        padding = " " * (len(self._drawn) - len(line))
        print(f"\r{line}{padding}", end="", flush=True)
        self._drawn, self._drawn_at = line, time.monotonic()


@contextmanager
def progress_bar(label: str) -> Iterator[ProgressBar]:
    """A bar that is closed however the block ends."""
    bar = ProgressBar(label)
    try:
        yield bar
    finally:
        bar.close()
