"""Compare the pack's code with what the official modules computed.

    python tests/parity.py DIR

DIR holds golden cases: `manifest.json` and one safetensors file per case. One line per case with
its largest error, the tolerance and the verdict; then a count. Exit status 1 if a case fails.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

sys.path.append(str(Path(__file__).resolve().parents[1]))  # for gligen_core

import torch
from parity_cases import runner_of
from parity_cases.golden import Case, case_names, load_case
from torch import Tensor

Verdict = Literal["pass", "FAIL", "not covered"]
NAME_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Result:
    """What one case came to. error: the largest absolute difference. note: what was left out."""

    name: str
    verdict: Verdict
    error: float | None = None
    tolerance: tuple[float, float] | None = None
    note: str = ""

    def __str__(self) -> str:
        parts = [self.name.ljust(NAME_WIDTH)]
        if self.error is not None and self.tolerance is not None:
            rtol, atol = self.tolerance
            parts.append(f"largest error {self.error:.2e}  tolerance {atol:g} + {rtol:g}*|x|")
        return "  ".join([*parts, self.verdict, *([self.note] if self.note else [])])


def check(case: Case) -> Result:
    """Run the pack's code on the case's inputs and compare every output it knows."""
    runner = runner_of(case)
    if runner is None:
        return Result(case.name, "not covered")
    with torch.no_grad():
        ours = runner.run(case)
    compared = [name for name in case.outputs if name in ours]
    if not compared:
        return Result(case.name, "not covered", note="none of its outputs is known")
    wrong = [name for name in compared if not _agree(name, ours[name], case.outputs[name], case)]
    error = max(_error(ours[name], case.outputs[name]) for name in compared)
    notes: list[str] = []
    if len(compared) < len(case.outputs):
        notes.append(f"{len(compared)} of {len(case.outputs)} outputs are covered")
    if wrong:
        notes.append(f"wrong: {', '.join(wrong)}")
    verdict: Verdict = "FAIL" if wrong else "pass"
    return Result(case.name, verdict, error, case.tolerance, "; ".join(notes))


def _agree(name: str, ours: Tensor, official: Tensor, case: Case) -> bool:
    rtol, _ = case.tolerance
    if ours.shape != official.shape:
        return False
    difference = (ours.double() - official.double()).abs()
    return bool((difference <= case.atol(name) + rtol * official.double().abs()).all())


def _error(ours: Tensor, official: Tensor) -> float:
    """Largest absolute difference; inf where the shapes differ or a number is missing."""
    if ours.shape != official.shape:
        return float("inf")
    return (ours.double() - official.double()).abs().nan_to_num(nan=float("inf")).max().item()


def check_named(folder: Path, name: str) -> Result:
    """The same, from the folder. A case that cannot be read or run has failed."""
    try:
        return check(load_case(folder, name))
    except Exception as error:  # whatever breaks in one case, the others still get their line
        return Result(name, "FAIL", note=f"{type(error).__name__}: {error}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="golden cases: manifest.json and its files")
    folder = parser.parse_args(arguments).folder
    if not (folder / "manifest.json").is_file():
        parser.error(f"{folder}: no manifest.json in it; expected a folder of golden cases")
    counts: Counter[Verdict] = Counter()
    for name in case_names(folder):
        result = check_named(folder, name)
        counts[result.verdict] += 1
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{counts['pass']} passed, {counts['FAIL']} failed, {counts['not covered']} not covered\n"
    )
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(main())
