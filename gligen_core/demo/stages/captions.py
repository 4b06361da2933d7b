"""Captions of a batch of scenes, and the table of all phrases."""

from __future__ import annotations

import random

import torch
from torch import Tensor

from ...geometry import Box
from ..drawings import COLOUR_NAMES, NO_COLOUR, THING_NAMES, Items
from ..world.scene import WORLD, Item, Scene, caption, phrase
from .bank import BACKGROUND_NAMES

ARTICLES = ("a", "the", "")
JOINTS = (" and ", " , ")


def _phrases() -> list[tuple[str, int, int]]:
    return [
        (article, thing, colour)
        for article in ARTICLES
        for thing, name in enumerate(THING_NAMES)
        for colour in (range(len(COLOUR_NAMES)) if WORLD[name].coloured else (NO_COLOUR,))
    ]


PHRASES = _phrases()  # article, thing, colour


def all_phrases() -> list[str]:
    """In the order of PHRASES."""
    return [
        phrase(THING_NAMES[thing], _colour(colour), article) for article, thing, colour in PHRASES
    ]


def phrase_rows(items: Items, generator: torch.Generator | None = None) -> Tensor:
    """Rows of PHRASES for the items: b n; the article is random, or `a` without generator."""
    kinds = len(ARTICLES) if generator else 1
    article = torch.randint(kinds, items.thing.shape, generator=generator)
    return ROWS[article, items.thing, items.colour.clamp(min=NO_COLOUR) + 1]


def _rows() -> Tensor:
    """article, thing, colour + 1 -> row of PHRASES; 0 where there is none"""
    rows = torch.zeros(len(ARTICLES), len(THING_NAMES), len(COLOUR_NAMES) + 1, dtype=torch.long)
    for row, (article, thing, colour) in enumerate(PHRASES):
        rows[ARTICLES.index(article), thing, colour + 1] = row
    return rows


ROWS = _rows()


def captions(
    items: Items, background: Tensor, chance: random.Random, told: float, dropped: float
) -> list[str]:
    """told: share that says where each item is · dropped: share of empty ones"""
    texts = []
    for scene in scenes_of(items, background):
        order = list(range(len(scene.items)))
        chance.shuffle(order)
        said = caption(
            scene, order, chance.choice(JOINTS), chance.choice(ARTICLES), chance.random() < told
        )
        texts.append("" if chance.random() < dropped else said)
    return texts


def scenes_of(items: Items, background: Tensor) -> list[Scene]:
    """As far as a caption needs them: without postures."""
    rows = zip(
        items.boxes.tolist(), items.present.tolist(), items.thing.tolist(), items.colour.tolist(),
        background.tolist(), strict=True,
    )  # fmt: skip
    return [
        Scene(
            tuple(
                Item(THING_NAMES[thing], _colour(colour), Box.of(box))
                for box, there, thing, colour in zip(boxes, present, things, colours, strict=True)
                if there
            ),
            BACKGROUND_NAMES[behind],
        )
        for boxes, present, things, colours, behind in rows
    ]


def _colour(row: int) -> str:
    return "" if row == NO_COLOUR else COLOUR_NAMES[row]
