"""Subjects take turns, round after round, so that a machine's moods meet all of them alike."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from .plan import MOST_ROUNDS, Case
from .spread import Spread, ratios
from .stopwatch import Lap


class Runs(Protocol):
    """What takes part; `Subject` is one."""

    @property
    def name(self) -> str: ...
    def lap(self, steps: int) -> Lap: ...


@dataclass(frozen=True, slots=True)
class Timed:
    """laps: of each subject, one per round, by name"""

    case: Case
    laps: dict[str, tuple[Lap, ...]]

    def seconds(self, subject: str) -> list[float]:
        """Per step, round by round."""
        return [lap.per_step for lap in self.laps[subject]]

    def ratio(self, subject: str, base: str = "plain") -> Spread:
        return ratios(self.seconds(subject), self.seconds(base))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Timed:
        case = data["case"]
        return cls(
            Case(**{**case, "subjects": tuple(case["subjects"])}),
            {name: tuple(Lap(**lap) for lap in laps) for name, laps in data["laps"].items()},
        )


def pooled(cases: Sequence[Timed], subject: str, base: str = "plain") -> Spread:
    """The ratio in the rounds of all cases together, where it should be the same in each."""
    return ratios(
        [seconds for timed in cases for seconds in timed.seconds(subject)],
        [seconds for timed in cases for seconds in timed.seconds(base)],
    )


def take_turns(case: Case, subjects: Sequence[Runs]) -> Timed:
    """Each subject once per round; every round begins with another one."""
    laps: dict[str, list[Lap]] = {subject.name: [] for subject in subjects}
    began = time.monotonic()
    for rounds in range(MOST_ROUNDS):
        spent = time.monotonic() - began
        if rounds >= case.least and spent * (rounds + 1) / rounds > case.seconds:
            break
        first = rounds % len(subjects)
        for subject in (*subjects[first:], *subjects[:first]):
            laps[subject.name].append(subject.lap(case.steps))
    return Timed(case, {name: tuple(row) for name, row in laps.items()})
