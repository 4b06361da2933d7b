"""Report of the bench: tables of kept numbers, filled into page.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from .subjects import APPROXIMATIONS
from .timing import Spread
from .verdicts import Reading, verdicts

TEMPLATE = Path(__file__).with_name("page.md")
PAGE, PLOT = "bench.md", "images/bench.png"
MET = {True: "yes", False: "**no**", None: "not decided"}

TITLES: dict[str, str] = {
    "stock": "stock nodes",
    "open": "this pack, gate open",
    "shut": "this pack, gate shut",
    "diffusers": "diffusers",
}

Row = Sequence[str]


def targets_table(run: Reading) -> list[Row]:
    rows = [(v.what, v.asked, v.measured, MET[v.met]) for v in verdicts(run)]
    return [("target", "asked", "measured", "met"), *rows]


def steps_table(run: Reading) -> list[Row]:
    cases = run.measured("steps")
    names = list(dict.fromkeys(n for c in cases for n in c.timed.case.subjects if n != "plain"))
    head = ("case", "plain, s/step", *(TITLES.get(n, f"this pack, {n}") for n in names), "floor")
    rows: list[Row] = [head]
    for case in cases:
        timed = case.timed
        plain = Spread.of(timed.seconds("plain"))
        seconds = f"{plain.median:.3g} ({plain.low:.3g} to {plain.high:.3g})"
        cells = (str(timed.ratio(name)) if name in timed.laps else "" for name in names)
        rows.append((f"{timed.case.title}{_rounds(plain)}", seconds, *cells, case.floor))
    return rows


def phases_table(run: Reading) -> list[Row]:
    rows: list[Row] = [("run", "plain, s", "this pack / plain")]
    for timed in (case.timed for case in run.measured("phases")):
        plain = Spread.of(timed.seconds("plain"))
        title = f"{timed.case.steps} steps, {timed.case.title}{_rounds(plain)}"
        rows.append((title, f"{plain.median * timed.case.steps:.3g}", str(timed.ratio("phases"))))
    return rows


def calls_table(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "UNet calls", "pictures in each", "tokenizer calls")]
    for case in run.measured("steps")[:1]:
        for name, (lap, *_) in case.timed.laps.items():
            numbers = f"{lap.unet_calls / lap.steps:g}", f"{lap.rows / lap.unet_calls:g}"
            rows.append((_title(name), *numbers, f"{lap.tokenizer_calls} per run"))
    return rows


def overhead_table(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "ms/step", "of these outside the UNet", "more than plain, ms")]
    for timed in (case.timed for case in run.measured("overhead")):
        plain = Spread.of(timed.seconds("plain")).median
        for name, laps in timed.laps.items():
            step = Spread.of(timed.seconds(name)).median
            outside = Spread.of([(lap.seconds - lap.inside) / lap.steps for lap in laps]).median
            cells = (f"{1e3 * value:.2f}" for value in (step, outside, step - plain))
            rows.append((_title(name), *cells))
    return rows


def memory_table(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "peak, MB", "over plain, MB", "kept in a run, MB", "after, MB")]
    plain = run.weighed("plain").get("peak")
    for result in run.results("memory"):
        if "block_activations" in result:
            peak, kept = result["peak"], result.get("kept") or {}
            over = None if peak is None or plain is None else peak - plain
            numbers = (peak, over, kept.get("between"), kept.get("after"))
            rows.append((_title(result["subject"]), *map(_cell, numbers)))
    return rows


def opening_table(run: Reading) -> list[Row]:
    rows = [
        (r["subject"], f"{r['seconds']:.2f}", _cell(r["peak"]), _cell(r["limit"]))
        for r in run.results("memory")
        if "limit" in r
    ]
    return [("loader", "s", "peak, MB", "file and largest tensor, MB"), *rows]


def growth_table(run: Reading) -> list[Row]:
    rows: list[Row] = [("case", "plain, s/step", "gate open, s/step", "ratio", "floor")]
    for case in run.measured("growth"):
        times = (Spread.of(case.timed.seconds(n)).median for n in ("plain", "open"))
        title = f"{case.axis}: {case.timed.case.title}"
        ratio = str(case.timed.ratio("open"))
        rows.append((title, *(f"{s:.3g}" for s in times), ratio, case.floor))
    return rows


def shortcuts_table(run: Reading) -> list[Row]:
    cases = [case.timed for case in run.measured("shortcuts")]
    times = [f"time / plain, {timed.case.size}, {timed.case.steps} steps" for timed in cases]
    rows: list[Row] = [("speed-up", *times, "PSNR, dB", "worst, dB", "IoU", "exact IoU")]
    for name in ("open", *APPROXIMATIONS):
        cells = [str(timed.ratio(name)) if name in timed.laps else "" for timed in cases]
        if found := run.likeness(name):
            psnr = found["psnr_db"]
            cells += [f"{fmean(psnr):.1f}", f"{min(psnr):.1f}"]
            cells += [f"{found['iou']:.3f}", f"{found['exact_iou']:.3f}"]
        if any(cells):
            title = "none (exact)" if name == "open" else name
            rows.append((title, *cells, *[""] * (len(rows[0]) - 1 - len(cells))))
    return rows


def layouts_table(run: Reading) -> list[Row]:
    rows = [
        (f"{section}: {name.replace('_', ' ')}", _value(value))
        for section in ("loop", "motion")
        for result in run.results(section)
        for name, value in result.items()
        if name != "frames"
    ]
    return [("measure", "value"), *rows]


def _of_results(section: str, key: str, *columns: tuple[str, str, str]) -> Callable[..., list[Row]]:
    """Table of a section's plain results. columns: title, field, format"""

    def table(run: Reading) -> list[Row]:
        head = (key, *(title for title, _, _ in columns))
        rows = [
            (_named(r, key), *(format(r[field], form) for _, field, form in columns))
            for r in run.results(section)
        ]
        return [head, *rows]

    return table


def _named(result: Mapping[str, Any], key: str) -> str:
    name = result[key]
    return f"{name}, {result['renderer']}" if "renderer" in result else _title(name)


TABLES: dict[str, Callable[[Reading], list[Row]]] = {
    "targets": targets_table,
    "steps": steps_table,
    "phases": phases_table,
    "calls": calls_table,
    "overhead": overhead_table,
    "kernels": _of_results(
        "kernels", "subject", *((name, name, ".0f") for name in ("kernels", "copies", "waits"))
    ),
    "memory": memory_table,
    "opening": opening_table,
    "growth": growth_table,
    "shortcuts": shortcuts_table,
    "canvas": _of_results(
        "canvas",
        "drag",
        ("median, ms", "median", ".1f"),
        ("95 %, ms", "p95", ".1f"),
        ("worst, ms", "worst", ".1f"),
    ),
    "layouts": layouts_table,
}


def describe(runs: Sequence[Mapping[str, Any]]) -> str:
    """Markdown of the tables of each run, one device after the other."""
    return "\n".join(_device(Reading(dict(data))) for data in runs)


def write_report(runs: Sequence[Mapping[str, Any]], docs: Path) -> None:
    """Write bench.md and its plot into that folder."""
    from .plot import draw  # matplotlib takes seconds

    readings = [Reading(dict(data)) for data in runs]
    draw(readings, docs / PLOT)
    introduction, _, no_gpu = _template()
    parts = [introduction, describe(runs)]
    if all(reading.device != "cuda" for reading in readings):
        parts.append(f"## On a GPU\n{no_gpu}")
    (docs / PAGE).write_text("\n".join(parts), encoding="utf-8")


def _template() -> tuple[str, str, str]:
    """Parts of page.md: before, about each device, and where no GPU was."""
    text = TEMPLATE.read_text(encoding="utf-8")
    introduction, rest = text.split("## device\n")
    chapters, no_gpu = rest.split("## no GPU\n")
    return introduction, chapters, no_gpu


def _device(run: Reading) -> str:
    title = f"## On {'a GPU' if run.device == 'cuda' else 'a CPU'}: {run.machine}\n"
    parts = [title, _environment(run)]
    for chapter in _template()[1].split("### ")[1:]:
        words, _, name = chapter.partition("table: ")
        rows = TABLES[name.strip()](run)
        if len(rows) > 1:
            parts.append(f"### {words}{markdown(rows)}")
    missing = [f"- {what}: {why}" for what, why in run.data["not_measured"].items()]
    missing += [f"- {what}: failed. {why}" for what, why in run.data["failed"].items()]
    if missing:
        parts += ["### Not measured\n", "\n".join(missing) + "\n"]
    return "\n".join(parts)


def _environment(run: Reading) -> str:
    about, sections = run.data["environment"], run.data["sections"].values()
    dates = sorted(section["date"] for section in sections)
    commits = sorted({section["commit"] for section in sections})
    words = (
        f"{about['cpu']}, {about['cores']} cores, {about['threads']} threads, {about['system']}; "
        f"torch {about['torch']}, ComfyUI {about['comfyui']}, diffusers {about['diffusers']}, "
        f"transformers {about['transformers']}, Python {about['python']}"
    )
    if dates:
        words += f"; {dates[0]} to {dates[-1]}, at {', '.join(commits)}"
    return f"{words}.\n"


def markdown(rows: Sequence[Row]) -> str:
    """Table. The first row is its head; columns after the first are numbers."""
    head, *body = rows
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body)) + "\n"


def _title(name: str) -> str:
    return TITLES.get(name, name)


def _rounds(spread: Spread) -> str:
    return f" ({spread.count} round{'s' * (spread.count != 1)})"


def _value(value: float | Sequence[float]) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) else ", ".join(map(_value, value))


def _cell(size: float | None) -> str:
    return "" if size is None else f"{size / 1e6:.1f}"
