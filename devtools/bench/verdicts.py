"""Verdicts of the bench: what was asked for, and whether the numbers reach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from .counts import Arithmetic
from .timing import Spread, Timed, pooled

SHUT, PHASES, DIFFUSERS = 1.01, 1.16, 1.0  # limits of ratios to the plain step, asked for before
OPEN = {"cpu": 1.42, "cuda": 1.47}
STOCK = {"cpu": 1.0, "cuda": 0.70}
SHORT, LEAST_DB = 1.20, 35.0
TOKEN_BYTES = 1_000_000
FRAME_MS = 16.0  # of a screen with 60 pictures a second
NOISE = 1.05  # of times that are to grow no faster than the arithmetic


@dataclass(frozen=True, slots=True)
class Measured:
    """Case with the arithmetic of its step. axis: of growth, else empty"""

    timed: Timed
    work: Arithmetic | None
    axis: str

    @property
    def floor(self) -> str:
        return f"{self.work.ratio:.3f}" if self.work else ""

    @property
    def size(self) -> int:
        """Place on its axis of growth: boxes, pixels of a side, or pictures."""
        case = self.timed.case
        return {"boxes": case.boxes, "pixels": case.width_px, "batch": case.batch}[self.axis]


@dataclass(frozen=True, slots=True)
class Reading:
    """Numbers of one run of the bench. data: its JSON"""

    data: dict[str, Any]

    @property
    def device(self) -> str:
        return self.data["device"]

    @property
    def machine(self) -> str:
        """Machine in a few words."""
        about = self.data["environment"]
        return about["gpu"] if self.device == "cuda" else f"{about['cpu']}, {about['cores']} cores"

    def results(self, section: str) -> list[dict[str, Any]]:
        """Results of a section; none where it was not run."""
        return self.data["sections"].get(section, {}).get("results", [])

    def measured(self, section: str) -> list[Measured]:
        return [
            Measured(
                Timed.from_json(result),
                Arithmetic(**result["arithmetic"]) if "arithmetic" in result else None,
                result.get("axis", ""),
            )
            for result in self.results(section)
        ]

    def weighed(self, subject: str) -> dict[str, Any]:
        """Memory of a subject; empty where it was not weighed."""
        return next((r for r in self.results("memory") if r["subject"] == subject), {})

    def likeness(self, shortcut: str) -> dict[str, Any]:
        """Pictures with a speed-up beside the exact ones; empty where none were made."""
        return next((r for r in self.results("pictures") if r["shortcut"] == shortcut), {})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Target and what was measured, in words. met: None where the numbers don't decide it"""

    what: str
    asked: str
    measured: str
    met: bool | None


def verdicts(run: Reading) -> list[Verdict]:
    """Verdicts on all that was measured in a run."""
    judges = (_steps, _calls, _shortcuts, _memory, _growth, _canvas)
    return [verdict for judge in judges for verdict in judge(run)]


def _at_most(what: str, limit: float, found: Spread) -> Verdict:
    return Verdict(what, f"at most {limit:g} x", f"{found} x", found.at_most(limit))


def _steps(run: Reading) -> Iterator[Verdict]:
    cases = [case.timed for case in run.measured("steps")]
    if cases:
        yield _at_most("gate shut, all cases", SHUT, pooled(cases, "shut"))
        ratio = pooled(cases, "open", "diffusers")
        yield _at_most("beside diffusers, all cases", DIFFUSERS, ratio)
    for timed in cases:
        title = timed.case.title
        yield _at_most(f"gate shut, {title}", SHUT, timed.ratio("shut"))
        yield _at_most(f"gate open, {title}", OPEN[run.device], timed.ratio("open"))
        limit, ratio = STOCK[run.device], timed.ratio("open", "stock")
        yield _at_most(f"beside the stock nodes, {title}", limit, ratio)
        ratio = timed.ratio("open", "diffusers")
        yield _at_most(f"beside diffusers, {title}", DIFFUSERS, ratio)
    for timed in (case.timed for case in run.measured("phases")):
        what = f"{timed.case.steps} steps of .3/0/.7, {timed.case.title}"
        yield _at_most(what, PHASES, timed.ratio("phases"))


def _calls(run: Reading) -> Iterator[Verdict]:
    for case in run.measured("steps")[:1]:
        plain, ours = (case.timed.laps[name][0] for name in ("plain", "open"))
        met = (ours.unet_calls, ours.rows) == (plain.unet_calls, plain.rows)
        measured = f"{ours.unet_calls} and {plain.unet_calls}"
        yield Verdict("UNet calls", "those of the plain model", measured, met)


def _shortcuts(run: Reading) -> Iterator[Verdict]:
    for timed in (case.timed for case in run.measured("shortcuts")):
        for name in timed.case.subjects:
            if not (found := run.likeness(name)):
                continue
            ratio, quality = timed.ratio(name), fmean(found["psnr_db"])
            met = ratio.at_most(SHORT) if quality >= LEAST_DB else False
            what, asked = f"gate open with {name}", f"at most {SHORT:g} x at {LEAST_DB:g} dB"
            yield Verdict(
                f"{what}, {timed.case.title}", asked, f"{ratio} x at {quality:.1f} dB", met
            )


def _memory(run: Reading) -> Iterator[Verdict]:
    plain, ours, opened = (run.weighed(name) for name in ("plain", "open", "this pack"))
    if plain and ours:
        copies, kept = ours["gligens"], ours["kept"]
        yield Verdict("fusers in three copies of a MODEL", "once", f"{copies} x", copies == 1)
        between = kept["between"] - plain["kept"]["between"]
        met = between < TOKEN_BYTES
        yield Verdict("kept for tokens in a run", "under 1 MB", _mb(between), met)
        yield Verdict("kept after the run", "nothing", _mb(kept["after"]), kept["after"] <= 0)
        if ours["peak"] is not None and plain["peak"] is not None:
            more = ours["peak"] - plain["peak"]
            limit = ours["gligen_bytes"] + ours["block_activations"]
            yield Verdict("peak over plain", f"at most {_mb(limit)}", _mb(more), more <= limit)
    if opened and opened["peak"] is not None:
        peak, limit = opened["peak"], opened["limit"]
        asked = f"at most {_mb(limit)}"
        yield Verdict("peak of opening an fp16 file", asked, _mb(peak), peak <= limit)


def _growth(run: Reading) -> Iterator[Verdict]:
    cases = run.measured("growth")
    for axis in dict.fromkeys(case.axis for case in cases):
        along = [case for case in cases if case.axis == axis]
        first, last = along[0], along[-1]
        low, high = (Spread.of(case.timed.seconds("open")).median for case in (first, last))
        flops = [case.work.plain + case.work.fusers for case in (first, last) if case.work]
        time, work = high / low, flops[1] / flops[0]
        asked = f"arithmetic: {work:.2f} x (up to {NOISE:g} times that is noise)"
        what = f"growth with {axis}, {first.size} to {last.size}"
        yield Verdict(what, asked, f"{time:.2f} x", time <= NOISE * work)


def _canvas(run: Reading) -> Iterator[Verdict]:
    for drag in run.results("canvas"):
        what = f"frames, {drag['drag']} dragged, {drag['renderer']}"
        measured = f"{drag['p95']:.1f} ms (95 % of them; median {drag['median']:.1f} ms)"
        yield Verdict(what, f"at most {FRAME_MS:g} ms", measured, drag["p95"] <= FRAME_MS)


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"
