"""Layouts against detections: is each thing where it was asked for, and is it that thing?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout
from .average_precision import AveragePrecision, Labelled, Picture, average_precision
from .finding import assign

SUCCESS_IOU = 0.5  # from which on a thing of the right label counts as placed

ARTICLES = {"a", "an", "the"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class EntityMatch:
    """One thing that was asked for, and the detection that answers to it (found: None, if any).

    label: what the detector called it; "" where it gives no labels
    """

    id: str
    text: str
    asked: Box
    found: Box | None
    label: str
    label_matches: bool

    @property
    def iou(self) -> float:
        return self.asked.iou(self.found) if self.found else 0.0

    @property
    def success(self) -> bool:
        return self.iou >= SUCCESS_IOU and self.label_matches

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "text": self.text,
            "asked": list(self.asked.as_tuple()),
            "found": list(self.found.as_tuple()) if self.found else None,
            "label": self.label,
            "label_matches": self.label_matches,
            "iou": self.iou,
            "success": self.success,
        }


@dataclass(frozen=True, slots=True)
class LayoutScore:
    """Things of one picture or of all frames; every thing counts once.

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


def match_entities(asked: Sequence[Entity], found: Sequence[Entity]) -> tuple[EntityMatch, ...]:
    """Each thing with its detection, so that the IoUs add up to the most.

    Detections with the right label are given out first; those that are left go to things that are
    still without one, if they overlap, and count as mislabelled.
    """
    agree = [[labels_agree(one.text, other.text) for other in found] for one in asked]
    pairs = _assigned(asked, found, np.array(agree, dtype=bool))
    rest = np.ones((len(asked), len(found)), dtype=bool)
    rest[list(pairs), :] = False
    rest[:, list(pairs.values())] = False
    strangers = _assigned(asked, found, rest)
    pairs |= {
        one: other for one, other in strangers.items() if asked[one].box.iou(found[other].box) > 0
    }
    return tuple(
        _match(entity, found[pairs[n]] if n in pairs else None) for n, entity in enumerate(asked)
    )


def labels_agree(phrase: str, label: str) -> bool:
    """Whether a detector's label names what the phrase asks for.

    All words of one, articles aside, occur in the other: "a red ball" and "ball". An empty label
    says nothing against.
    """
    one, other = _words(phrase), _words(label)
    return not label.strip() or bool(one and other and (one <= other or other <= one))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower())) - ARTICLES


def _assigned(
    asked: Sequence[Entity], found: Sequence[Entity], allowed: np.ndarray[Any, np.dtype[np.bool_]]
) -> dict[int, int]:
    """Number of the asked -> number of the found, over allowed pairs."""
    if not allowed.size or not allowed.any():
        return {}
    gain = np.array([[one.box.iou(other.box) for other in found] for one in asked])
    # An allowed pair beats any number of forbidden ones, even where boxes are far apart.
    pairs = assign(np.where(allowed, 1 + gain, 0.0))
    return {one: other for one, other in pairs if allowed[one, other]}


def _match(entity: Entity, detection: Entity | None) -> EntityMatch:
    label = detection.text if detection else ""
    agrees = detection is not None and labels_agree(entity.text, label)
    found = detection.box if detection else None
    return EntityMatch(entity.id, entity.text, entity.box, found, label, agrees)


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
    return "" if blind else " ".join(_WORD.findall(text.lower()))


def _category(label: str, names: Sequence[str]) -> str:
    """The phrase that a label answers to, else the label itself."""
    own = _name(label, blind=False)
    return next((n for n in (own, *names) if n in names and labels_agree(n, label)), own)
