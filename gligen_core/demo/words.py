"""The words that the demo's text encoder learns, as CLIP tokens.

It runs behind the host's CLIP tokenizer, of whose 49,408 tokens these are the ones that training
shows it.
"""

from __future__ import annotations

import torch
from torch import Tensor

# word -> id in CLIP's vocabulary; a test compares them with the host's tokenizer
TOKENS = {
    "a": 320, "an": 550, "the": 518, "and": 537, "at": 536, "in": 530, "on": 525, ",": 267,
    "red": 736, "orange": 4287, "yellow": 4481, "green": 1901, "blue": 1746, "purple": 5496,
    "circle": 7117, "square": 3999, "triangle": 14615, "diamond": 6235,
    "sun": 2176, "cloud": 3887, "tree": 2677, "flower": 4055, "house": 1212, "car": 1615,
    "boat": 4440, "balloon": 13634, "umbrella": 17143, "apple": 3055, "cup": 1937, "chair": 4269,
    "lamp": 10725, "cat": 2368, "bird": 3329, "fish": 2759, "person": 2533,
    "top": 1253, "middle": 3694, "bottom": 5931, "left": 1823, "center": 2119, "right": 1155,
    "meadow": 17195, "beach": 2117, "night": 930, "room": 1530,
}  # fmt: skip
START, END = 49406, 49407
LENGTH = 77  # tokens of a caption with start and end, as CLIP's


def tokenize(texts: list[str]) -> Tensor:
    """-> b LENGTH, padded with END as the host pads; all words must be in TOKENS."""
    rows = [[START, *(TOKENS[word] for word in text.split())][: LENGTH - 1] for text in texts]
    return torch.tensor([row + [END] * (LENGTH - len(row)) for row in rows])
