"""One run of the bench as it was kept, for those who tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from .arithmetic import Arithmetic
from .turns import Timed


@dataclass(frozen=True, slots=True)
class Measured:
    """A case and the arithmetic of its step. axis: of growth, else empty"""

    timed: Timed
    work: Arithmetic | None
    axis: str

    def plain_floor(self) -> str:
        return f"{self.work.ratio:.3f}" if self.work else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """data: the JSON of one run"""

    data: dict[str, Any]

    @property
    def device(self) -> str:
        return self.data["device"]

    @property
    def machine(self) -> str:
        """In a few words."""
        about = self.data["environment"]
        return about["gpu"] if self.device == "cuda" else f"{about['cpu']}, {about['cores']} cores"

    def results(self, section: str) -> list[dict[str, Any]]:
        """Empty where the section was not run."""
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
        """The memory of a subject; empty where it was not weighed."""
        found = (r for r in self.results("memory") if r["subject"] == subject)
        return next(found, {})

    def mean_psnr_db(self, shortcut: str) -> float | None:
        """Of the pictures with a shortcut, beside the exact ones."""
        found = (r["psnr_db"] for r in self.results("pictures") if r["shortcut"] == shortcut)
        values = next(found, None)
        return fmean(values) if values else None
