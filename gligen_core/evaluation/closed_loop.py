"""Closed loop of generator, detector and retry policy, and what it is worth beside new seeds.

Each layout is tried a few times; what counts is its best picture. Without the loop the further
tries only draw a new seed, so that what the gate adds is told apart from luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from ..layout import Layout
from .retry import RetryPolicy, Settings, retry
from .score import Detector, PixelArray, score_layouts

Generator = Callable[[Layout, Settings], PixelArray]
"""Maker of pictures: a layout and the settings it is sampled with -> h w 3, 0..1."""

SEED_ONLY = RetryPolicy(longer=0.0, stronger=0.0)  # a new seed, and the gate as it was


@dataclass(frozen=True, slots=True)
class Tries:
    """Tries at one layout: the success (0..1) of each in order, and the last one's settings."""

    successes: tuple[float, ...]
    last: Settings

    @property
    def best(self) -> float:
        return max(self.successes)


@dataclass(frozen=True, slots=True)
class LoopWorth:
    """Success with and without the retry policy: means over the layouts, each counting once; 0..1.

    first: success of the first try · rerolled: best of the tries with new seeds only
    looped: best of the tries with the loop · pictures: how many each of the two took in all
    """

    layouts: int
    tries: int
    first: float
    rerolled: float
    looped: float
    pictures_rerolled: int
    pictures_looped: int

    def to_json(self) -> dict[str, Any]:
        return {
            "layouts": self.layouts,
            "tries": self.tries,
            "success_at_0.5_first_try": self.first,
            "success_at_0.5_new_seeds": self.rerolled,
            "success_at_0.5_closed_loop": self.looped,
            "pictures_new_seeds": self.pictures_rerolled,
            "pictures_closed_loop": self.pictures_looped,
        }


def run_loop(
    layout: Layout,
    first: Settings,
    generate: Generator,
    detect: Detector,
    tries: int,
    policy: RetryPolicy | None = None,
) -> Tries:
    """Up to `tries` pictures of a layout; the loop ends where the goal is reached."""
    successes: list[float] = []
    now = first
    while True:
        successes.append(score_layouts([layout], [detect(generate(layout, now))]).success)
        following, done = retry(now, successes[-1], policy)
        if done or len(successes) >= tries:
            return Tries(tuple(successes), now)
        now = following


def loop_worth(
    layouts: Sequence[Layout],
    first: Settings,
    generate: Generator,
    detect: Detector,
    tries: int,
    policy: RetryPolicy | None = None,
) -> LoopWorth:
    """All layouts with the loop and with new seeds only, from the same first try each.

    Layout n begins with the seed `first.seed + n`.
    """
    firsts = [replace(first, seed=first.seed + n) for n in range(len(layouts))]
    pairs = list(zip(layouts, firsts, strict=True))
    still = replace(SEED_ONLY, goal=(policy or RetryPolicy()).goal)
    rerolled = [run_loop(layout, each, generate, detect, tries, still) for layout, each in pairs]
    looped = [run_loop(layout, each, generate, detect, tries, policy) for layout, each in pairs]
    return LoopWorth(
        layouts=len(layouts),
        tries=tries,
        first=fmean(each.successes[0] for each in rerolled),
        rerolled=fmean(each.best for each in rerolled),
        looped=fmean(each.best for each in looped),
        pictures_rerolled=sum(len(each.successes) for each in rerolled),
        pictures_looped=sum(len(each.successes) for each in looped),
    )
