"""Average precision as COCO computes it (pycocotools, `COCOeval`, boxes of any area, no crowds).

For each category and each IoU threshold: detections, the surest first, each take the best free
object; precision is read at 101 recalls off its falling envelope; the mean of all that is the AP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry import Box

THRESHOLDS = tuple(np.linspace(0.5, 0.95, 10).tolist())  # of the IoU
RECALLS = np.linspace(0, 1, 101)
MAX_DETECTIONS = 100  # of a category in a picture, the surest ones
EPSILON = float(np.spacing(1))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A box of a category. score: how sure the detector is; objects that were asked for have 1"""

    category: str
    box: Box
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What was asked for in one picture, and what was found."""

    asked: tuple[Labelled, ...]
    found: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """0..1. mean: over IoUs 0.5, 0.55 ... 0.95 (COCO's "AP") · at_half: at an IoU of 0.5"""

    mean: float
    at_half: float


def average_precision(pictures: Sequence[Picture]) -> AveragePrecision:
    """Over the categories that were asked for; 0 where nothing was."""
    categories = sorted({asked.category for picture in pictures for asked in picture.asked})
    if not categories:
        return AveragePrecision(0.0, 0.0)
    precision = np.array([_of_category(pictures, category) for category in categories])
    return AveragePrecision(float(precision.mean()), float(precision[:, 0].mean()))


def _of_category(pictures: Sequence[Picture], category: str) -> NDArray[np.float64]:
    """-> mean precision at each threshold"""
    scores: list[float] = []
    hits: list[NDArray[np.bool_]] = []
    count = 0
    for picture in pictures:
        asked = [each for each in picture.asked if each.category == category]
        found = [each for each in picture.found if each.category == category]
        found = sorted(found, key=lambda each: -each.score)[:MAX_DETECTIONS]
        count += len(asked)
        scores += [each.score for each in found]
        hits.append(_hits(asked, found))
    order = np.argsort(-np.array(scores), kind="mergesort")  # stable: equal scores as they came
    hit = np.concatenate(hits, axis=1)[:, order]  # t n
    return np.array([_area(row, count) for row in hit])


def _hits(asked: Sequence[Labelled], found: Sequence[Labelled]) -> NDArray[np.bool_]:
    """-> t n: whether each detection, the surest first, takes an object at each threshold"""
    ious = [[one.box.iou(other.box) for other in asked] for one in found]
    hit = np.zeros((len(THRESHOLDS), len(found)), dtype=bool)
    for row, threshold in zip(hit, THRESHOLDS, strict=True):
        free = set(range(len(asked)))
        for number in range(len(found)):
            best, chosen = min(threshold, 1 - 1e-10), None
            for candidate in sorted(free):
                if ious[number][candidate] >= best:  # of equal ones the last, as COCO has it
                    best, chosen = ious[number][candidate], candidate
            if chosen is not None:
                free.discard(chosen)
                row[number] = True
    return hit


def _area(hit: NDArray[np.bool_], count: int) -> float:
    """Mean of the precision's falling envelope at the 101 recalls; 0 beyond the last."""
    right, wrong = np.cumsum(hit), np.cumsum(~hit)
    recall = right / count
    precision = right / (right + wrong + EPSILON)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    read = np.append(envelope, 0.0)[np.minimum(places, len(envelope))]
    return float(read.mean())
