"""pip, run as a command: its own progress on the screen, its failures explained."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from .console import DevError

REMEMBERED_LINES = 40  # of pip's complaints, to find the cause in

# What pip complains of -> what it means and what to do. The first that fits is said.
REMEDIES = (
    (
        r"No space left on device|Errno 28|not enough space",
        "The disk is full. Make room (the environment takes about 8 GB on Linux, 2 GB elsewhere), "
        "then run the command again: it goes on where it stopped.",
    ),
    (
        r"NewConnectionError|name resolution|getaddrinfo failed|ConnectTimeout|timed out"
        r"|Network is unreachable|Connection (?:refused|reset)|ProxyError|nodename nor servname",
        "The package index can't be reached. Check the network, or pip's proxy and index settings "
        "(pip config list), then run the command again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index's certificate is not trusted here. Give pip the right one "
        "(PIP_CERT=/path/to/certificates.pem), then run the command again.",
    ),
    (
        r"No matching distribution found for (\S+)",
        "There is no build of that version for this Python and system. Try another Python of 3.11 "
        "to 3.13, 64 bit.",
    ),
    (
        r"Permission denied|Errno 13|Access is denied",
        "A file can't be written. Is the checkout yours to write to, and is no ComfyUI running "
        "from its environment?",
    ),
)


def pip_command(python: Path) -> list[str]:
    """pip for that environment: its own, or this Python's where the environment has none.

    Some Linux distributions ship venv without pip (no `ensurepip`).
    """
    if _has_pip(python):
        return [str(python), "-m", "pip"]
    if _has_pip(Path(sys.executable)):
        return [sys.executable, "-m", "pip", "--python", str(python)]
    raise DevError(
        f"pip is missing: neither {python} nor {sys.executable} has it. Install it "
        "(Debian and Ubuntu: apt install python3-pip python3-venv), then run the command again."
    )


def run_pip(python: Path, arguments: Sequence[str], doing: str) -> None:
    """Run pip with its own output on the screen. DevError with the cause where it fails."""
    command = [*pip_command(python), *arguments, "--disable-pip-version-check", "--no-input"]
    complaints: deque[str] = deque(maxlen=REMEMBERED_LINES)
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            sys.stderr.write(line)
            complaints.append(line)
    if process.returncode:
        raise DevError(f"{doing} failed. {explain(''.join(complaints))}")


def explain(complaints: str) -> str:
    """What pip's error output means, in a sentence or two."""
    for pattern, remedy in REMEDIES:
        match = re.search(pattern, complaints, re.IGNORECASE)
        if match:
            return f"({match.group(0)}) {remedy}"
    return "pip's own words are above."


def _has_pip(python: Path) -> bool:
    return subprocess.run([str(python), "-c", "import pip"], capture_output=True).returncode == 0
