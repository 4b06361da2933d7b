"""What a person may choose of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from accelerate import Accelerator


@dataclass(frozen=True, slots=True)
class Settings:
    """folder: for the states that a stopped run goes on from, and pictures of the looks

    scale: times the recipe's number of steps · precision: "no" (float32) or "bf16" (mixed)
    """

    folder: Path
    seed: int = 1
    device: str = "cpu"
    scale: float = 1.0
    batch: int | None = None
    precision: str = "no"

    def accelerator(self) -> Accelerator:
        """One per stage: it remembers what it was given to save."""
        return Accelerator(cpu=self.device == "cpu", mixed_precision=self.precision)

    def steps(self, steps: int) -> int:
        return max(int(self.scale * steps), 1)
