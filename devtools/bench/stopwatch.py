"""What one sampling run took, and how often it called the networks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from .process import Modules

KEY = "bench"  # of the wrappers on a MODEL


@dataclass(frozen=True, slots=True)
class Lap:
    """One sampling run.

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
    """Counts and times whatever is hung onto it."""

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
