"""What was asked for, and whether it was reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .canvas import FRAME_MS
from .reading import Measured, Reading
from .spread import Spread
from .turns import pooled

SHUT, PHASES = 1.01, 1.16
OPEN = {"cpu": 1.42, "cuda": 1.47}
AGAINST_STOCK = {"cpu": 1.0, "cuda": 0.70}
AGAINST_DIFFUSERS = 1.0
SHORT, LEAST_DB = 1.20, 35.0
TOKENS = 1_000_000  # bytes
NOISE = 1.05  # of times that are to grow no faster than the arithmetic


@dataclass(frozen=True, slots=True)
class Verdict:
    """asked, measured: in words"""

    what: str
    asked: str
    measured: str
    met: bool


def verdicts(run: Reading) -> list[Verdict]:
    """Of all that was measured in this run."""
    return [
        verdict
        for judge in (_steps, _phases, _calls, _shortcuts, _memory, _opening, _growth, _canvas)
        for verdict in judge(run)
    ]


def _at_most(what: str, limit: float, found: Spread, unit: str = " x") -> Verdict:
    met = round(found.median, 3) <= limit
    return Verdict(what, f"at most {limit:g}{unit}", f"{found}{unit}", met)


def _steps(run: Reading) -> Iterator[Verdict]:
    cases = [case.timed for case in run.measured("steps")]
    if cases:
        yield _at_most("gate shut, all cases", SHUT, pooled(cases, "shut"))
        ratio = pooled(cases, "open", "diffusers")
        yield _at_most("beside diffusers, all cases", AGAINST_DIFFUSERS, ratio)
    for timed in cases:
        title = timed.case.title
        yield _at_most(f"gate shut, {title}", SHUT, timed.ratio("shut"))
        yield _at_most(f"gate open, {title}", OPEN[run.device], timed.ratio("open"))
        limit = AGAINST_STOCK[run.device]
        yield _at_most(f"beside the stock nodes, {title}", limit, timed.ratio("open", "stock"))
        ratio = timed.ratio("open", "diffusers")
        yield _at_most(f"beside diffusers, {title}", AGAINST_DIFFUSERS, ratio)


def _phases(run: Reading) -> Iterator[Verdict]:
    for case in run.measured("phases"):
        steps = case.timed.case.steps
        what = f"{steps} steps of .3/0/.7, {case.timed.case.title}"
        yield _at_most(what, PHASES, case.timed.ratio("phases"))


def _calls(run: Reading) -> Iterator[Verdict]:
    for case in run.measured("steps")[:1]:
        plain, ours = (case.timed.laps[name][0] for name in ("plain", "open"))
        measured = f"{ours.unet_calls} and {plain.unet_calls}"
        met = (ours.unet_calls, ours.rows) == (plain.unet_calls, plain.rows)
        yield Verdict("UNet calls", "those of the plain model", measured, met)


def _shortcuts(run: Reading) -> Iterator[Verdict]:
    for case in run.measured("shortcuts"):
        for name in case.timed.case.subjects:
            quality = run.mean_psnr_db(name)
            if quality is None:
                continue
            ratio = case.timed.ratio(name)
            met = round(ratio.median, 3) <= SHORT and quality >= LEAST_DB
            yield Verdict(
                f"gate open with {name}, {case.timed.case.title}",
                f"at most {SHORT:g} x at {LEAST_DB:g} dB",
                f"{ratio.median:.3f} x at {quality:.1f} dB",
                met,
            )


def _memory(run: Reading) -> Iterator[Verdict]:
    plain, ours = run.weighed("plain"), run.weighed("open")
    if not plain or not ours:
        return
    met = ours["gligens"] == 1
    yield Verdict("fusers in three copies of a MODEL", "once", f"{ours['gligens']} x", met)
    between = ours["kept"]["between"] - plain["kept"]["between"]
    yield Verdict("kept for tokens in a run", "under 1 MB", _mb(between), between < TOKENS)
    after = ours["kept"]["after"]
    yield Verdict("kept after the run", "nothing", _mb(after), after <= 0)
    if ours["peak"] is not None and plain["peak"] is not None:
        more, limit = ours["peak"] - plain["peak"], ours["gligen_bytes"] + ours["block_activations"]
        yield Verdict("peak over plain", f"at most {_mb(limit)}", _mb(more), more <= limit)


def _opening(run: Reading) -> Iterator[Verdict]:
    opened = run.weighed("this pack")
    if opened and opened["peak"] is not None:
        asked, met = f"at most {_mb(opened['limit'])}", opened["peak"] <= opened["limit"]
        yield Verdict("peak of opening an fp16 file", asked, _mb(opened["peak"]), met)


def _growth(run: Reading) -> Iterator[Verdict]:
    cases = run.measured("growth")
    for axis in dict.fromkeys(case.axis for case in cases):
        along = [case for case in cases if case.axis == axis]
        time, work = grown(along)
        what = f"growth with {axis}, {size_of(along[0], axis)} to {size_of(along[-1], axis)}"
        asked = f"arithmetic: {work:.2f} x (up to {NOISE:g} times that is noise)"
        yield Verdict(what, asked, f"{time:.2f} x", time <= NOISE * work)


def grown(along: list[Measured]) -> tuple[float, float]:
    """From the first case to the last: how many times the time, and the arithmetic."""
    first, last = along[0], along[-1]
    assert first.work is not None and last.work is not None
    times = [Spread.of(case.timed.seconds("open")).median for case in (first, last)]
    work = [case.plain + case.fusers for case in (first.work, last.work)]
    return times[1] / times[0], work[1] / work[0]


def size_of(measured: Measured, axis: str) -> int:
    """Where a case lies on an axis of growth: boxes, pixels of a side, or pictures."""
    case = measured.timed.case
    return {"boxes": case.boxes, "pixels": case.width_px, "batch": case.batch}[axis]


def _canvas(run: Reading) -> Iterator[Verdict]:
    for drag in run.results("canvas"):
        what = f"frames while {drag['drag']} {_is(drag['drag'])} dragged, {drag['renderer']}"
        measured = f"{drag['p95']:.1f} ms (95 % of them; median {drag['median']:.1f} ms)"
        yield Verdict(what, f"at most {FRAME_MS:g} ms", measured, drag["p95"] <= FRAME_MS)


def _is(what: str) -> str:
    return "is" if what.startswith("one") else "are"


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"
