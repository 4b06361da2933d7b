"""What must hold for any file at all: it loads or is refused, in words, in no time and little room.

`judge(path)` gives the verdict on one file. On Linux it measures memory, too.
"""

import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from gligen_core.checkpoint import load_gligen, read_checkpoint  # noqa: E402
from gligen_core.errors import GligenError  # noqa: E402
from gligen_core.text import writable  # noqa: E402

CPU_SECONDS = 5
ROOM = 200 << 20  # bytes beside twice the file
LONGEST = 1500  # characters of a refusal


class Verdict(NamedTuple):
    """refusal: None for a file that loaded · seconds: of the CPU · room: bytes, None if unknown"""

    refusal: str | None
    seconds: float
    room: int | None


def judge(path, load=load_gligen):
    """AssertionError, saying what is wrong, for a file that breaks one of the laws."""
    before = _reset_peak()
    began = time.process_time()
    refusal = None
    try:
        load(path)
    except GligenError as error:
        refusal = str(error)
        _check_words(path, error)
    seconds = time.process_time() - began
    room = None if before is None else max(_peak() - before, 0)
    allowed = 2 * _size(path) + ROOM
    assert seconds <= CPU_SECONDS, f"{seconds:.1f} s of the CPU"
    assert room is None or room <= allowed, f"{room:,} bytes of memory; {allowed:,} are allowed"
    return Verdict(refusal, seconds, room)


def inspect(path):
    """Only what the file says of itself, without its weights."""
    return read_checkpoint(path)


def _check_words(path, error):
    text = str(error)
    assert text.encode(), "no words"
    assert writable(path.name) in text, f"the file is not named: {text}"
    assert str(path.parent) not in text, f"the folder is named: {text}"
    assert len(text) <= LONGEST, f"{len(text)} characters"
    cause = error.__cause__
    while cause is not None:
        assert str(cause).encode()
        cause = cause.__cause__


def _size(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _reset_peak():
    """Bytes of memory now, and from here the largest number is counted anew; None where none is."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _peak()
    except OSError:
        return None


def _peak():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    raise OSError("no peak")
