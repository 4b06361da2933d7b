"""`dev.py bench`: run the jobs, keep the numbers, print the tables."""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from ..commands import SECTIONS
from ..console import DevError, say
from ..host import Host
from ..pins import CHECKOUT
from . import STEADY_HEAP
from .jobs import Job, NotMeasured, Served, jobs
from .plan import Device, plan
from .report import describe, write_report
from .room import Room
from .subjects import available

VERSION = 1  # of the JSON
DOCS = CHECKOUT / "docs"
CPU_NAME = "model name"  # in Linux's list of them


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the command. size: "full", or "minute" for a look at the bench itself"""

    quick: bool = False
    device: Device | None = None
    json: Path | None = None
    only: tuple[str, ...] = ()
    size: str = "full"


@dataclass(slots=True)
class Record:
    """Record of a run, whose JSON grows. failed, not_measured: reasons by job"""

    head: dict[str, Any]
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    not_measured: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return self.head | {
            "sections": self.sections,
            "failed": self.failed,
            "not_measured": self.not_measured,
        }


def run_bench(host: Host, options: Options) -> int:
    """Run the bench; exit status 0 only if everything ran."""
    device: Device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cuda" and not torch.cuda.is_available():
        raise DevError("bench --device cuda: torch sees no GPU here. Use --device cpu.")
    logging.disable(logging.INFO)  # the host's own lines
    room = Room(host.folder, device, size=options.size)
    served = Served(host.folder)
    chosen = plan(device, options.quick, available_in(room))
    record = _record(room, options, device)
    kept = options.size == "full" and not options.quick
    files = [options.json] if options.json else []
    files += [kept_file(device)] * kept
    try:
        for job in _with_progress(jobs(room, chosen, served, options.only or SECTIONS)):
            _do(job, record)
            for file in files:
                file.write_text(json.dumps(record.to_json(), indent=1) + "\n", encoding="utf-8")
    finally:
        served.close()
    say(describe([record.to_json()]))
    if kept:
        report(DOCS)
    return int(bool(record.failed))


def available_in(room: Room) -> tuple[str, ...]:
    """The shortcuts of this pack."""
    assert room.pack
    return available(room.host)


def kept_file(device: str, docs: Path = DOCS) -> Path:
    """Where the numbers of the last full run on such a device are kept."""
    return docs / f"bench_{device}.json"


def report(docs: Path = DOCS) -> int:
    """The page and the plot anew from the numbers that are kept."""
    files = [kept_file(device, docs) for device in ("cpu", "cuda")]
    runs = [json.loads(f.read_text(encoding="utf-8")) for f in files if f.exists()]
    if not runs:
        raise DevError(f"bench --report: no {files[0].name} in {docs}; run the whole bench first.")
    write_report(runs, docs)
    say(f"Written: {docs / 'bench.md'}")
    return 0


def _record(room: Room, options: Options, device: str) -> Record:
    """Empty, or, where only a part is run, with what is kept of the others."""
    head = {"version": VERSION, "device": device, "quick": options.quick, "size": options.size}
    head["environment"] = facts(room.host)
    record = Record(head)
    file = kept_file(device)
    if options.only and options.size == "full" and not options.quick and file.exists():
        earlier = json.loads(file.read_text(encoding="utf-8"))
        for name in set(earlier["sections"]) - set(options.only):
            record.sections[name] = earlier["sections"][name]
        record.not_measured.update(
            {t: why for t, why in earlier["not_measured"].items() if t not in options.only}
        )
    return record


def _do(job: Job, record: Record) -> None:
    try:
        result = job.run()
    except NotMeasured as reason:
        record.not_measured[job.section] = str(reason)
    except Exception as error:
        # Whatever breaks one measurement, the others still count; the status tells.
        say(traceback.format_exc())
        record.failed[job.title] = f"{type(error).__name__}: {error}"
    else:
        section = record.sections.setdefault(job.section, stamp() | {"results": []})
        section["results"].append(result)


def _with_progress(todo: Sequence[Job]) -> Any:
    """Each job, after a line that says what comes and about how long all still takes."""
    began = time.monotonic()
    expected = sum(job.seconds for job in todo)
    for number, job in enumerate(todo, start=1):
        spent = (time.monotonic() - began) / 60
        say(f"[{number}/{len(todo)}, {spent:.1f} min, about {expected / 60:.0f} left] {job.title}")
        yield job
        expected -= job.seconds


def facts(host: Any) -> dict[str, Any]:
    """Machine and versions that the numbers are of."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "diffusers": version("diffusers"),
        "transformers": version("transformers"),
        "comfyui": host("comfyui_version").__version__,
        "heap": "kept" if STEADY_HEAP.items() <= os.environ.items() else "as usual",
    }


def stamp() -> dict[str, str]:
    """Date and commit of a section."""
    return {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "commit": _commit()}


@cache
def _commit() -> str:
    """Asked for once: later the bench's own numbers lie in the checkout, and it counts as dirty."""
    git = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(git, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git
        return ""


def _cpu() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(CPU_NAME)]
    return names[0] if names else platform.processor() or platform.machine()
