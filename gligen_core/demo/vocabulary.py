"""Captions of scenes, as words and as CLIP tokens.

The demo's text encoder runs behind the host's CLIP tokenizer, of whose 49,408 tokens these are
the ones that training shows it.
"""

from typing import Literal

import torch
from torch import Tensor

from .shapes import COLOURS, SHAPES, Scenes

# word -> id in CLIP's vocabulary; a test compares them with the host's tokenizer
TOKENS = {
    "a": 320, "an": 550, "the": 518, "and": 537, "at": 536, ",": 267,
    "red": 736, "orange": 4287, "yellow": 4481, "green": 1901, "blue": 1746, "purple": 5496,
    "circle": 7117, "square": 3999, "triangle": 14615, "diamond": 6235,
    "top": 1253, "middle": 3694, "bottom": 5931, "left": 1823, "center": 2119, "right": 1155,
}  # fmt: skip
START, END = 49406, 49407
LENGTH = 44  # tokens of a caption with start and end: four shapes with their places fit

Places = Literal["none", "words"]
ARTICLES = ("a", "the", "")
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "center", "right")


def phrase(colour: int, shape: int, article: str = "a") -> str:
    """`a red circle`, `an orange square`, `the blue diamond`, `green triangle`"""
    name = list(COLOURS)[colour]
    if article == "a" and name[0] in "aeiou":
        article = "an"
    return f"{article} {name} {SHAPES[shape]}".lstrip()


def place_words(box: tuple[float, ...]) -> str:
    """`at the top left`: the ninth of the canvas that holds the box's centre."""
    x0, y0, x1, y1 = box
    row, column = (min(int(3 * centre), 2) for centre in ((y0 + y1) / 2, (x0 + x1) / 2))
    return f"at the {ROWS[row]} {COLUMNS[column]}"


def captions(
    scenes: Scenes, places: list[Places], joint: list[str], articles: list[str]
) -> list[str]:
    """One caption per scene: phrases in the scene's order, joined by ` and ` or ` , `.

    places: how each caption tells where its shapes are · joint: the word between its phrases
    articles: of its phrases, one of ARTICLES
    """
    result = []
    rows = zip(
        scenes.boxes.tolist(), scenes.present.tolist(), scenes.colour.tolist(),
        scenes.shape.tolist(), places, joint, articles, strict=True,
    )  # fmt: skip
    for boxes, present, colours, shapes, place, word, article in rows:
        parts = []
        for box, there, colour, shape in zip(boxes, present, colours, shapes, strict=True):
            if there:
                where = f" {place_words(box)}" if place == "words" else ""
                parts.append(phrase(colour, shape, article) + where)
        result.append(f" {word} ".join(parts))
    return result


def tokenize(texts: list[str]) -> Tensor:
    """-> b LENGTH, padded with END as the host pads; all words must be in TOKENS."""
    rows = [[START, *(TOKENS[word] for word in text.split())][: LENGTH - 1] for text in texts]
    return torch.tensor([row + [END] * (LENGTH - len(row)) for row in rows])
