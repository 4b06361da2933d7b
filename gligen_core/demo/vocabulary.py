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
    "0": 271, "1": 272, "2": 273, "3": 274, "4": 275,
    "5": 276, "6": 277, "7": 278, "8": 279, "9": 280,
}  # fmt: skip
START, END = 49406, 49407
LENGTH = 44  # tokens of a caption with start and end: four shapes with their places fit

Places = Literal["none", "words", "grid"]
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "center", "right")


def phrase(colour: int, shape: int) -> str:
    """`a red circle`, `an orange square`"""
    name = list(COLOURS)[colour]
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} {SHAPES[shape]}"


def place_words(box: tuple[float, ...]) -> str:
    """`at the top left`: the ninth of the canvas that holds the box's centre."""
    x0, y0, x1, y1 = box
    row, column = (min(int(3 * centre), 2) for centre in ((y0 + y1) / 2, (x0 + x1) / 2))
    return f"at the {ROWS[row]} {COLUMNS[column]}"


def place_grid(box: tuple[float, ...]) -> str:
    """`at 1 2 4 7`: left, top, right and bottom on a grid of tenths."""
    return "at " + " ".join(str(min(int(10 * edge), 9)) for edge in box)


def captions(scenes: Scenes, places: list[Places], joint: list[str]) -> list[str]:
    """One caption per scene: phrases in the scene's order, joined by ` and ` or ` , `.

    places: how each caption tells where its shapes are · joint: the word between its phrases
    """
    result = []
    rows = zip(
        scenes.boxes.tolist(), scenes.present.tolist(), scenes.colour.tolist(),
        scenes.shape.tolist(), places, joint, strict=True,
    )  # fmt: skip
    tell = {"none": None, "words": place_words, "grid": place_grid}
    for boxes, present, colours, shapes, place, word in rows:
        parts = []
        for box, there, colour, shape in zip(boxes, present, colours, shapes, strict=True):
            if there:
                where = tell[place]
                parts.append(phrase(colour, shape) + (f" {where(box)}" if where else ""))
        result.append(f" {word} ".join(parts))
    return result


def tokenize(texts: list[str]) -> Tensor:
    """-> b LENGTH, padded with END as the host pads; all words must be in TOKENS."""
    rows = [[START, *(TOKENS[word] for word in text.split())][: LENGTH - 1] for text in texts]
    return torch.tensor([row + [END] * (LENGTH - len(row)) for row in rows])
