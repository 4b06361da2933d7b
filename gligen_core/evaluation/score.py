"""Score of layouts against detections: is each thing where it was asked for, and is it that thing?

The one score of the demo, the bench, the nodes and the evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError
from ..layout import Layout
from .average_precision import AveragePrecision, Labelled, Picture, average_precision
from .matching import EntityMatch, labels_agree, match_entities, words_of

PixelArray = NDArray[np.floating]
"""Picture as numbers: h w 3, 0..1."""

Detector = Callable[[PixelArray], Layout]
"""Finder of things: a picture -> its boxes, each called by its label ("" for none)."""


@dataclass(frozen=True, slots=True)
class LayoutScore:
    """Score of one picture, of all frames or of many pictures; every thing counts once.

    frames: matches in the layouts' order · unasked: detections that answer to nothing
    """

    frames: tuple[tuple[EntityMatch, ...], ...]
    unasked: int
    precision: AveragePrecision

    @property
    def entities(self) -> tuple[EntityMatch, ...]:
        return tuple(entity for frame in self.frames for entity in frame)

    @property
    def mean_iou(self) -> float:
        """0 for layouts that ask for nothing."""
        return fmean(entity.iou for entity in self.entities) if self.entities else 0.0

    @property
    def placed(self) -> float:
        """Share of things with an IoU of 0.5 or more, whatever their label; 1 if none is asked."""
        return fmean(entity.placed for entity in self.entities) if self.entities else 1.0

    @property
    def success(self) -> float:
        """Share of things with the right label and an IoU of 0.5 or more; 1 if none is asked."""
        return fmean(entity.success for entity in self.entities) if self.entities else 1.0

    def to_json(self) -> dict[str, Any]:
        return {
            "mean_iou": self.mean_iou,
            "success_at_0.5": self.success,
            "ap": self.precision.mean,
            "ap_at_0.5": self.precision.at_half,
            "unasked": self.unasked,
            "mean_iou_of_frames": [
                fmean(entity.iou for entity in frame) if frame else 0.0 for frame in self.frames
            ],
            "frames": [[entity.to_json() for entity in frame] for frame in self.frames],
        }


def score_layouts(asked: Sequence[Layout], found: Sequence[Layout]) -> LayoutScore:
    """asked, found: a layout for each frame. Detections without any label are judged by place."""
    if len(asked) != len(found):
        raise GligenError(
            f"Score: {len(asked)} layouts and detections of {len(found)} pictures; expected as "
            "many. Score a batch with the layouts of all its frames."
        )
    frames: list[tuple[EntityMatch, ...]] = []
    unasked = 0
    for layout, detections in zip(asked, found, strict=True):
        matches = match_entities(layout.entities, detections.entities)
        frames.append(matches)
        unasked += len(detections.entities) - sum(match.found is not None for match in matches)
    return LayoutScore(tuple(frames), unasked, average_precision(_pictures(asked, found)))


def _pictures(asked: Sequence[Layout], found: Sequence[Layout]) -> list[Picture]:
    """With the phrases as categories; where a detector gives no labels all are of one."""
    blind = any(not entity.text.strip() for layout in found for entity in layout.entities)
    names = list(dict.fromkeys(_name(e.text, blind) for layout in asked for e in layout.entities))
    return [
        Picture(
            tuple(Labelled(_name(entity.text, blind), entity.box) for entity in layout.entities),
            tuple(
                Labelled("" if blind else _category(e.text, names), e.box, e.score)
                for e in detections.entities
            ),
        )
        for layout, detections in zip(asked, found, strict=True)
    ]


def _name(text: str, blind: bool) -> str:
    return "" if blind else " ".join(words_of(text))


def _category(label: str, names: Sequence[str]) -> str:
    """The phrase that a label answers to, else the label itself."""
    own = _name(label, blind=False)
    return next((n for n in (own, *names) if n in names and labels_agree(n, label)), own)
