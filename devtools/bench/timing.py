"""Timing of sampling runs: laps under a stopwatch, in turns, and their spread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Protocol

import torch
from torch import nn

from ..host_modules import Modules
from .plan import MOST_ROUNDS, Case

KEY = "bench"  # of the wrappers on a MODEL


@dataclass(frozen=True, slots=True)
class Spread:
    """Median of repeated measurements, with the lowest and the highest. count: measurements"""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """values: at least one"""
        return cls(median(values), min(values), max(values), len(values))

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f} to {self.high:.3f})"

    def at_most(self, limit: float) -> bool | None:
        """Whether it lies within a limit; None where its range crosses it, or it is one number."""
        if self.count < 2 or self.low <= limit < self.high:
            return None
        return self.high <= limit


def ratios(values: Sequence[float], base: Sequence[float]) -> Spread:
    """Ratios value / base, round by round: what slows a whole round down falls out."""
    return Spread.of([value / plain for value, plain in zip(values, base, strict=True)])


@dataclass(frozen=True, slots=True)
class Lap:
    """Duration and calls of one sampling run.

    seconds: of all its steps · inside: of these, in the UNet, fusers and all
    unet_calls: forwards; rows: pictures in them, both sides of the guidance counted
    tokenizer_calls: forwards of the GLIGEN's tokenizer
    """

    steps: int
    seconds: float
    inside: float
    unet_calls: int
    rows: int
    tokenizer_calls: int

    @property
    def per_step(self) -> float:
        return self.seconds / self.steps


class Stopwatch:
    """Stopwatch and counter of what is hung onto it."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._inside = 0.0
        self._unet_calls = self._rows = self._tokenizer_calls = 0
        self.began = self.ended = 0.0

    def on_model(self, model: Any, host: Modules) -> Any:
        """A copy of the host's MODEL. Ours is the outermost wrapper of what is attached later."""
        kinds = host("comfy.patcher_extension").WrappersMP
        model = model.clone()
        model.add_wrapper_with_key(kinds.SAMPLER_SAMPLE, KEY, self._sample)
        model.add_wrapper_with_key(kinds.DIFFUSION_MODEL, KEY, self._forward)
        return model

    @contextmanager
    def on_pipeline(self, unet: nn.Module) -> Iterator[Callable[..., None]]:
        """Diffusers' UNet; -> what its pipeline is to call after each step.

        The clock starts at its first UNet call, when prompts and phrases have been encoded.
        """
        handles = [
            unet.register_forward_pre_hook(self._before_unet, with_kwargs=True),
            unet.register_forward_hook(self._after_unet),
        ]
        try:
            yield lambda *_: self.stop()
        finally:
            for handle in handles:
                handle.remove()

    @contextmanager
    def on_tokenizer(self, tokenizer: nn.Module | None) -> Iterator[None]:
        """None: there is none to watch."""
        if tokenizer is None:
            yield
            return
        handle = tokenizer.register_forward_hook(self._tokenized)
        try:
            yield
        finally:
            handle.remove()

    def start(self) -> None:
        self._inside = 0.0
        self._unet_calls = self._rows = self._tokenizer_calls = 0
        self._wait()
        self.began = self.ended = 0.0

    def stop(self) -> None:
        self._wait()
        self.ended = time.perf_counter()

    def lap(self, steps: int) -> Lap:
        return Lap(
            steps,
            self.ended - self.began,
            self._inside,
            self._unet_calls,
            self._rows,
            self._tokenizer_calls,
        )

    def _sample(self, executor: Any, *args: Any, **kwargs: Any) -> Any:
        self.began = time.perf_counter()
        result = executor(*args, **kwargs)
        self.stop()
        return result

    def _forward(self, executor: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        result = executor(x, *args, **kwargs)
        self._inside += time.perf_counter() - began
        self._unet_calls += 1
        self._rows += len(x)
        return result

    def _before_unet(self, _: nn.Module, inputs: Any, kwargs: Any) -> None:
        self._entered = time.perf_counter()
        self.began = self.began or self._entered
        self._unet_calls += 1
        self._rows += len(inputs[0] if inputs else kwargs["sample"])

    def _after_unet(self, *_: Any) -> None:
        self._inside += time.perf_counter() - self._entered

    def _tokenized(self, *_: Any) -> None:
        self._tokenizer_calls += 1

    def _wait(self) -> None:
        """Until a GPU has done what it was told."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


class Runs(Protocol):
    """Participant of a round; `Subject` is one."""

    @property
    def name(self) -> str: ...
    def lap(self, steps: int) -> Lap: ...


@dataclass(frozen=True, slots=True)
class Timed:
    """Case with the laps of each subject, one per round, by name."""

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
    """Ratio in the rounds of all cases together, where it should be the same in each."""
    return ratios(
        [seconds for timed in cases for seconds in timed.seconds(subject)],
        [seconds for timed in cases for seconds in timed.seconds(base)],
    )


def take_turns(case: Case, subjects: Sequence[Runs]) -> Timed:
    """Laps of each subject once per round; every round begins with another one."""
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
