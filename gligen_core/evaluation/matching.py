"""Matching of asked entities with detections: whose box is whose, by label and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity

SUCCESS_IOU = 0.5  # from which on a thing counts as placed, the usual threshold of detection

ARTICLES = {"a", "an", "the"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class EntityMatch:
    """Entity of a layout, and the detection that answers to it (found: None where none does).

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
    def placed(self) -> bool:
        """Whether the IoU is 0.5 or more."""
        return self.iou >= SUCCESS_IOU

    @property
    def success(self) -> bool:
        """Whether it is placed and of the right label."""
        return self.placed and self.label_matches

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


def match_entities(asked: Sequence[Entity], found: Sequence[Entity]) -> tuple[EntityMatch, ...]:
    """Matches of what was asked with what was found, so that the IoUs add up to the most.

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
    one, other = set(words_of(phrase)) - ARTICLES, set(words_of(label)) - ARTICLES
    return not label.strip() or bool(one and other and (one <= other or other <= one))


def words_of(text: str) -> list[str]:
    """The words of a phrase or a label, in lower case."""
    return _WORD.findall(text.lower())


def assign(gain: NDArray[np.float64]) -> list[tuple[int, int]]:
    """(row, column) pairs, none twice, whose gains add up to the most.

    Errors: GligenError where scipy is missing.
    """
    # scipy comes with the host, but is no requirement of the core: imported where it is used.
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise GligenError(
            "scipy is missing: matching boxes needs it. Install it: pip install scipy"
        ) from error
    rows, columns = linear_sum_assignment(gain, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


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
