"""The tables of one run of the bench."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from .reading import Measured, Reading
from .shortcuts import SHORTCUTS
from .spread import Spread
from .targets import verdicts

SUBJECTS: dict[str, str] = {
    "stock": "stock nodes",
    "open": "this pack, gate open",
    "shut": "this pack, gate shut",
    "diffusers": "diffusers",
}
LAUNCHES = ("kernels", "copies", "waits")

Row = Sequence[str]


def markdown(rows: Sequence[Row]) -> str:
    """A table. The first row is its head; columns after the first are numbers."""
    head, *body = rows
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body)) + "\n"


def _subject(name: str) -> str:
    return SUBJECTS.get(name, name)


def targets(run: Reading) -> list[Row]:
    return [
        ("target", "asked", "measured", "met"),
        *((v.what, v.asked, v.measured, "yes" if v.met else "**no**") for v in verdicts(run)),
    ]


def steps(run: Reading) -> list[Row]:
    cases = run.measured("steps")
    names = list(dict.fromkeys(n for c in cases for n in c.timed.case.subjects if n != "plain"))
    head = ("case", "plain, s/step", *(SUBJECTS.get(n, f"this pack, {n}") for n in names), "floor")
    return [head, *(_step_row(case, names) for case in cases)]


def _step_row(case: Measured, names: Iterable[str]) -> Row:
    timed = case.timed
    cells = (str(timed.ratio(name)) if name in timed.laps else "" for name in names)
    plain = Spread.of(timed.seconds("plain"))
    seconds = f"{plain.median:.3g} ({plain.low:.3g} to {plain.high:.3g})"
    rounds = plain.count
    title = f"{timed.case.title} ({rounds} round{'s' * (rounds != 1)})"
    return (title, seconds, *cells, case.plain_floor())


def phases(run: Reading) -> list[Row]:
    rows: list[Row] = [("run", "plain, s", "this pack / plain", "rounds")]
    for case in run.measured("phases"):
        timed = case.timed
        seconds = Spread.of(timed.seconds("plain")).median * timed.case.steps
        title = f"{timed.case.steps} steps, {timed.case.title}"
        rounds = str(len(timed.laps["plain"]))
        rows.append((title, f"{seconds:.3g}", str(timed.ratio("phases")), rounds))
    return rows


def calls(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "UNet calls", "pictures in each", "tokenizer calls")]
    for case in run.measured("steps")[:1]:
        for name, laps in case.timed.laps.items():
            lap = laps[0]
            calls = f"{lap.unet_calls / lap.steps:g}"
            each = f"{lap.rows / lap.unet_calls:g}"
            rows.append((_subject(name), calls, each, f"{lap.tokenizer_calls} per run"))
    return rows


def overhead(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "ms/step", "of these outside the UNet", "more than plain, ms")]
    for case in run.measured("overhead"):
        plain = Spread.of(case.timed.seconds("plain")).median
        for name, laps in case.timed.laps.items():
            step = Spread.of([lap.per_step for lap in laps]).median
            outside = Spread.of([(lap.seconds - lap.inside) / lap.steps for lap in laps]).median
            cells = (f"{1e3 * value:.2f}" for value in (step, outside, step - plain))
            rows.append((_subject(name), *cells))
    return rows


def kernels(run: Reading) -> list[Row]:
    return [
        ("subject", "kernels", "copies", "waits"),
        *(
            (_subject(r["subject"]), *(f"{r[k]:.0f}" for k in LAUNCHES))
            for r in run.results("kernels")
        ),
    ]


def memory(run: Reading) -> list[Row]:
    rows: list[Row] = [("subject", "peak, MB", "over plain, MB", "kept in a run, MB", "after, MB")]
    plain = run.weighed("plain").get("peak")
    for result in run.results("memory"):
        if "block_activations" not in result:
            continue
        peak, kept = result["peak"], result.get("kept")
        over = None if peak is None or plain is None else peak - plain
        held = (kept["between"], kept["after"]) if kept else (None, None)
        cells = ("" if v is None else f"{v / 1e6:.1f}" for v in (peak, over, *held))
        rows.append((_subject(result["subject"]), *cells))
    return rows


def opening(run: Reading) -> list[Row]:
    rows: list[Row] = [("loader", "s", "peak, MB", "file and largest tensor, MB")]
    for result in run.results("memory"):
        if "limit" in result:
            sizes = (result["peak"], result["limit"])
            cells = ("" if size is None else f"{size / 1e6:.1f}" for size in sizes)
            rows.append((result["subject"], f"{result['seconds']:.2f}", *cells))
    return rows


def growth(run: Reading) -> list[Row]:
    rows: list[Row] = [("case", "plain, s/step", "gate open, s/step", "ratio", "floor")]
    for case in run.measured("growth"):
        seconds = (Spread.of(case.timed.seconds(name)).median for name in ("plain", "open"))
        title = f"{case.axis}: {case.timed.case.title}"
        cells = (*(f"{s:.3g}" for s in seconds), f"{case.timed.ratio('open').median:.3f}")
        rows.append((title, *cells, case.plain_floor()))
    return rows


def shortcuts(run: Reading) -> list[Row]:
    cases = [case.timed for case in run.measured("shortcuts")]
    times = [f"time / plain, {timed.case.size}, {timed.case.steps} steps" for timed in cases]
    rows: list[Row] = [("shortcut", *times, "PSNR, dB", "worst, dB", "IoU", "exact IoU")]
    likeness = {result["shortcut"]: result for result in run.results("pictures")}
    for name in ("open", *SHORTCUTS):
        ratios = [str(timed.ratio(name)) if name in timed.laps else "" for timed in cases]
        found = likeness.get(name)
        if found:
            psnr = found["psnr_db"]
            numbers = (f"{fmean(psnr):.1f}", f"{min(psnr):.1f}")
            ious = (f"{found['iou']:.3f}", f"{found['exact_iou']:.3f}")
            rows.append((name, *ratios, *numbers, *ious))
        elif any(ratios):
            rows.append(("none (exact)" if name == "open" else name, *ratios, "", "", "", ""))
    return rows


def canvas(run: Reading) -> list[Row]:
    return [
        ("drag", "median, ms", "95 %, ms", "worst, ms"),
        *(
            (f"{r['drag']}, {r['renderer']}", *(f"{r[k]:.1f}" for k in ("median", "p95", "worst")))
            for r in run.results("canvas")
        ),
    ]


def layouts(run: Reading) -> list[Row]:
    rows: list[Row] = [("measure", "value")]
    for section in ("loop", "motion"):
        for result in run.results(section):
            rows += [
                (_words(name, section), _value(value))
                for name, value in result.items()
                if name != "frames"
            ]
    return rows


def _words(name: str, section: str) -> str:
    return f"{section}: {name.replace('_', ' ')}"


def _value(value: float | Sequence[float]) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) else ", ".join(map(_value, value))
