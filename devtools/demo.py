"""`dev.py demo`: layouts through the demo workflow in a real ComfyUI, and what came of it."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gligen_core.errors import GligenError
from gligen_core.evaluation import score_layouts
from gligen_core.layout import Layout, dump_layout, parse_layout

from .api_client import ApiClient
from .console import DevError, progress_bar, say
from .host import Host
from .pins import CHECKOUT
from .results import describe_score, describe_summary, summary_json, write_json, write_result
from .server import Server
from .workflow import Workflow, adapt, layout_text, parse_gate, picture_size_px

WORKFLOW = CHECKOUT / "example_workflows" / "api" / "demo_text_box.json"


@dataclass(frozen=True, slots=True)
class Job:
    """One layout and the folder its picture goes to."""

    name: str
    layout: Layout
    folder: Path


@dataclass(frozen=True, slots=True)
class Settings:
    seed: int
    gate: tuple[float, float, float]


def run_demo(
    host: Host, source: Path | None, seed: int, gate: str, out: Path, leave_open: bool
) -> int:
    """Exit status: 0 only if every picture came back."""
    settings = Settings(seed, parse_gate(gate))
    workflow: Workflow = json.loads(WORKFLOW.read_text(encoding="utf-8"))
    jobs, failed = read_jobs(source, layout_text(workflow), out)
    for mistake in failed.values():
        say(mistake)
    if not jobs:
        return 1
    with Server(host) as server:
        found, not_made = _make_pictures(server, workflow, jobs, settings)
        failed |= not_made
        if leave_open:
            server.keep()
            say(
                f"ComfyUI stays up: {server.address} (the demo is under Workflow > Browse "
                f"Templates).\nTo end it: {'taskkill /F /PID' if os.name == 'nt' else 'kill'} "
                f"{server.pid}"
            )
    if source is not None and source.is_dir():
        _write_summary(out, jobs, found, failed, settings)
    return int(bool(failed))


def read_jobs(
    source: Path | None, default_layout: str, out: Path
) -> tuple[list[Job], dict[str, str]]:
    """The jobs of a file, of a folder, or of the workflow's own layout; and the broken layouts.

    Broken ones come as file name -> what is wrong, so that the others of a folder still run.
    """
    if source is None:
        return [Job("the workflow's layout", parse_layout(default_layout), out)], {}
    if source.is_dir():
        places = [(file, out / file.stem) for file in sorted(source.glob("*.json"))]
    else:
        places = [(source, out)]
    if not places:
        raise DevError(f"--layout {source}: no .json file in this folder.")
    jobs: list[Job] = []
    broken: dict[str, str] = {}
    for file, folder in places:
        try:
            jobs.append(Job(file.name, parse_layout(file.read_bytes(), file.name), folder))
        except (GligenError, OSError) as error:
            broken[file.name] = str(error)
    return jobs, broken


def _make_pictures(
    server: Server, workflow: Workflow, jobs: list[Job], settings: Settings
) -> tuple[dict[str, Layout], dict[str, str]]:
    """What was found in the pictures that came, and why the others did not, by file name."""
    found: dict[str, Layout] = {}
    failed: dict[str, str] = {}
    client = ApiClient(server.address)
    for number, job in enumerate(jobs, start=1):
        label = f"{job.name} ({number} of {len(jobs)})"
        try:
            found[job.name] = _make_picture(client, workflow, job, settings, label)
        except DevError as error:
            server.check_alive()
            say(f"{job.name}: {error}")
            if not failed:  # the first failure's cause is often the others' as well
                say(server.log_tail())
            failed[job.name] = str(error)
    return found, failed


def _make_picture(
    client: ApiClient, workflow: Workflow, job: Job, settings: Settings, label: str
) -> Layout:
    prompt = adapt(
        workflow,
        dump_layout(job.layout),
        job.layout.prompt,
        picture_size_px(job.layout.width, job.layout.height),
        settings.seed,
        settings.gate,
    )
    began = time.monotonic()
    with progress_bar(label) as bar:
        png = client.picture(prompt, bar.show)
    found = write_result(job.folder, png, job.layout, settings.seed, time.monotonic() - began)
    say(f"{describe_score(score_layouts([job.layout], [found]))}\n  in {job.folder}")
    return found


def _write_summary(
    out: Path,
    jobs: list[Job],
    found: dict[str, Layout],
    failed: dict[str, str],
    settings: Settings,
) -> None:
    made = [job for job in jobs if job.name in found]
    score = score_layouts([job.layout for job in made], [found[job.name] for job in made])
    data: dict[str, Any] = summary_json(score) | {
        "seed": settings.seed,
        "gate": list(settings.gate),
        "failed": failed,
    }
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "summary.json", data)
    say(describe_summary(score))
    if failed:
        say(f"{len(failed)} without a picture: {', '.join(failed)}")
