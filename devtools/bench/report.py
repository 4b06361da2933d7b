"""The numbers in words and tables: on the terminal, and as the page in docs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import tables
from .chapters import CHAPTERS, INTRODUCTION, NO_GPU
from .reading import Reading

PAGE, PLOT = "bench.md", "images/bench.png"


def describe(runs: Sequence[dict[str, Any]]) -> str:
    """Markdown: the tables of each run, one device after the other."""
    return "\n".join(_device(Reading(data)) for data in runs)


def write_report(runs: Sequence[dict[str, Any]], docs: Path) -> None:
    """bench.md and its plot in that folder."""
    from .plot import draw  # matplotlib takes seconds

    readings = [Reading(data) for data in runs]
    draw(readings, docs / PLOT)
    have = {reading.device for reading in readings}
    parts = [INTRODUCTION, f"![The numbers below, drawn]({PLOT})\n", describe(runs)]
    if "cuda" not in have:
        parts.append(NO_GPU)
    (docs / PAGE).write_text("\n".join(parts), encoding="utf-8")


def _device(run: Reading) -> str:
    parts = [
        f"## On {'a GPU' if run.device == 'cuda' else 'a CPU'}: {run.machine}\n",
        _environment(run),
    ]
    for chapter in CHAPTERS:
        rows = chapter.table(run)
        if len(rows) > 1:
            parts += [f"### {chapter.title}\n", f"{chapter.words}\n", tables.markdown(rows)]
    missing = [f"- {what}: {why}" for what, why in run.data["not_measured"].items()]
    missing += [f"- {what}: failed. {why}" for what, why in run.data["failed"].items()]
    if missing:
        parts += ["### Not measured\n", "\n".join(missing) + "\n"]
    return "\n".join(parts)


def _environment(run: Reading) -> str:
    about = run.data["environment"]
    dates = sorted(section["date"] for section in run.data["sections"].values())
    words = (
        f"{about['cpu']}, {about['cores']} cores, {about['threads']} threads, {about['system']}; "
        f"torch {about['torch']}, ComfyUI {about['comfyui']}, diffusers {about['diffusers']}, "
        f"transformers {about['transformers']}, Python {about['python']}"
    )
    return words + (f"; {dates[0]} to {dates[-1]}.\n" if dates else ".\n")
