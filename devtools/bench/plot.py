"""Plot of the page: ratios, growth beside the arithmetic, speed-ups, memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from .timing import Spread
from .verdicts import LEAST_DB, SHORT, Measured, Reading

SHOWN = ("stock", "open", "shut", "diffusers")
COLOURS = {
    "plain": "#777777",
    "stock": "#d98c3f",
    "open": "#2f6db3",
    "shut": "#8fbce6",
    "diffusers": "#7a4fa3",
}
AXES = {"boxes": "boxes", "pixels": "pixels of a side", "batch": "pictures in a batch"}
BAR = 0.2  # of the room between two cases
HEADROOM = 2.2  # in plain steps, so that the legend hides no bar
DPI = 110


def draw(runs: Sequence[Reading], file: Path) -> None:
    """Draw one row of panels per run; PNG."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, rows = pyplot.subplots(
        2 * len(runs), 3, figsize=(15, 9 * len(runs)), squeeze=False, layout="constrained"
    )
    for number, run in enumerate(runs):
        upper, lower = rows[2 * number], rows[2 * number + 1]
        _ratios(upper[0], run)
        for panel, axis in zip((*upper[1:], lower[0]), AXES, strict=True):
            _growth(panel, run, axis)
        _shortcuts(lower[1], run)
        _memory(lower[2], run)
        upper[0].set_title(f"{run.machine}\none step, in plain ones", fontsize=10)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=DPI)
    pyplot.close(figure)


def _ratios(panel: Any, run: Reading) -> None:
    cases = run.measured("steps")
    for place, name in enumerate(SHOWN):
        spreads = [case.timed.ratio(name) for case in cases]
        panel.bar(
            [n + (place - 1.5) * BAR for n in range(len(cases))],
            [spread.median for spread in spreads],
            BAR,
            yerr=[
                [spread.median - spread.low for spread in spreads],
                [spread.high - spread.median for spread in spreads],
            ],
            color=COLOURS[name],
            label=name,
            capsize=2,
        )
    for n, case in enumerate(cases):
        if case.work:
            floor = case.work.ratio
            label = "arithmetic of an open gate" if n == 0 else None
            panel.plot([n - 0.45, n + 0.45], [floor, floor], "k--", linewidth=1, label=label)
    panel.axhline(1, color="black", linewidth=1)
    panel.set_xticks(range(len(cases)), [_short(case) for case in cases], fontsize=7)
    panel.set_ylim(top=HEADROOM)
    if cases:
        panel.legend(fontsize=8, ncols=2, loc="upper left")


def _short(measured: Measured) -> str:
    case = measured.timed.case
    return f"{case.size}\n{case.counted}\nbatch {case.batch}"


def _growth(panel: Any, run: Reading, axis: str) -> None:
    """Seconds of a step; dashed: as the arithmetic grows from the first point."""
    cases = [case for case in run.measured("growth") if case.axis == axis]
    if not cases:
        panel.set_axis_off()
        return
    sizes = [case.size for case in cases]
    for name in ("plain", "open"):
        spreads = [Spread.of(case.timed.seconds(name)) for case in cases]
        seconds = [spread.median for spread in spreads]
        panel.plot(sizes, seconds, "o-", color=COLOURS[name], label=f"{name}, measured")
        works = [_work(case, name) for case in cases]
        expected = [seconds[0] * work / works[0] for work in works]
        panel.plot(sizes, expected, "--", color=COLOURS[name], label=f"{name}, arithmetic")
    panel.set_title(f"seconds per step with {AXES[axis]}", fontsize=10)
    panel.set_xscale("log", base=2)
    panel.set_xticks(sizes, [str(size) for size in sizes], fontsize=8)
    if axis == "boxes":  # which hardly cost anything
        panel.set_ylim(bottom=0)
    else:
        panel.set_yscale("log", base=2)
        panel.yaxis.set_major_formatter("{x:g}")
    panel.legend(fontsize=8)


def _work(case: Measured, name: str) -> int:
    assert case.work is not None
    return case.work.plain + (case.work.fusers if name == "open" else 0)


def _shortcuts(panel: Any, run: Reading) -> None:
    cases = run.measured("shortcuts")
    if not cases:
        panel.set_axis_off()
        return
    timed = cases[0].timed
    title = f"shortcuts, {timed.case.size}: time beside plain, likeness to exact"
    panel.set_title(title, fontsize=10)
    for name in timed.laps:
        if not (found := run.likeness(name)):
            continue
        quality = fmean(found["psnr_db"])
        ratio = timed.ratio(name).median
        panel.plot(ratio, quality, "o", color=COLOURS["open"])
        panel.annotate(
            name,
            (ratio, quality),
            fontsize=8,
            ha="center",
            xytext=(0, 6),
            textcoords="offset points",
        )
    panel.margins(x=0.2, y=0.1)
    panel.axhline(LEAST_DB, color="black", linestyle="--", linewidth=1)
    panel.axvline(SHORT, color="black", linestyle="--", linewidth=1)
    panel.set_xlabel("time / plain")
    panel.set_ylabel("PSNR, dB")


def _memory(panel: Any, run: Reading) -> None:
    found = [r for r in run.results("memory") if r.get("peak") and "block_activations" in r]
    names = [result["subject"] for result in found]
    panel.set_title("peak memory of a step, GB", fontsize=10)
    panel.bar(names, [r["peak"] / 1e9 for r in found], color=[COLOURS[name] for name in names])
