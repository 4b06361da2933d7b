"""How well a picture obeys its layout: IoU of asked and found boxes, of one picture or many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..geometry import Box
from .finding import ColourMap, Palette, find_colours, match_boxes, named_colour

HIT = 0.5  # IoU over which an object counts as placed, the usual threshold of detection


class Asked(Protocol):
    """What a layout's entity says about itself; `gligen_core.layout.Entity` is one."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box: ...


@dataclass(frozen=True, slots=True)
class EntityScore:
    """One object: where it was asked for, where its colour was found (None: nowhere).

    right_colour: its colour is what mostly fills the asked box, of all that is drawn there.
    """

    id: str
    text: str
    asked: Box
    found: Box | None
    right_colour: bool

    @property
    def iou(self) -> float:
        return self.asked.iou(self.found) if self.found else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "text": self.text,
            "asked": list(self.asked.as_tuple()),
            "found": list(self.found.as_tuple()) if self.found else None,
            "iou": self.iou,
        }


@dataclass(frozen=True, slots=True)
class PictureScore:
    """The objects of one picture, in the layout's order."""

    entities: tuple[EntityScore, ...]

    @property
    def mean_iou(self) -> float:
        """0 for a layout without objects."""
        return fmean(entity.iou for entity in self.entities) if self.entities else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "entities": [entity.to_json() for entity in self.entities],
            "mean_iou": self.mean_iou,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Many pictures. The means and shares are over all objects, each counting once; 0 for none."""

    count: int  # pictures
    objects: int
    mean_iou: float
    share_over_half: float  # objects with an IoU over 0.5
    share_right_colour: float  # objects over 0.5 whose box is filled by their colour

    def to_json(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "objects": self.objects,
            "mean_iou": self.mean_iou,
            "share_over_0.5": self.share_over_half,
            "share_over_0.5_and_right_colour": self.share_right_colour,
        }


def score_picture(
    picture: NDArray[np.floating], entities: Sequence[Asked], palette: Palette
) -> PictureScore:
    """Find every entity's colour in the picture (h w 3 in 0..1) and compare the boxes.

    Several objects of one colour share that colour's blobs out among them, to the best sum of IoUs.
    An entity whose phrase names no colour of the palette is not found.
    """
    colours = find_colours(picture, palette)
    wanted = [named_colour(entity.text, palette) for entity in entities]
    found: dict[int, Box | None] = {}
    for colour in {name for name in wanted if name is not None}:
        places = [i for i, name in enumerate(wanted) if name == colour]
        boxes = match_boxes([entities[i].box for i in places], colours.blobs(colour))
        found.update(zip(places, boxes, strict=True))
    return PictureScore(
        tuple(
            EntityScore(
                entity.id,
                entity.text,
                entity.box,
                found.get(i),
                _fills(colours, colour, entity.box),
            )
            for i, (entity, colour) in enumerate(zip(entities, wanted, strict=True))
        )
    )


def summarise(pictures: Iterable[PictureScore]) -> Summary:
    """Scores of many pictures in five numbers."""
    pictures = tuple(pictures)
    entities = [entity for picture in pictures for entity in picture.entities]
    hits = [entity for entity in entities if entity.iou > HIT]
    count = max(len(entities), 1)
    return Summary(
        count=len(pictures),
        objects=len(entities),
        mean_iou=sum(entity.iou for entity in entities) / count,
        share_over_half=len(hits) / count,
        share_right_colour=sum(entity.right_colour for entity in hits) / count,
    )


def _fills(colours: ColourMap, colour: str | None, box: Box) -> bool:
    return colour is not None and colours.prevails(colour, box)
