"""What a finished text box obeys: held-out layouts, gate open and shut, read by the detector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ...modalities.text_box import TextBoxInputs
from ..chance import chance_of, generator_of
from ..drawings import NO_COLOUR, Items, items_of, random_scenes
from ..parts.autoencoder import CELL_PX, Autoencoder
from ..parts.detector import Detector, Found, find, iou
from ..sampling import sample
from ..words import tokenize
from ..world.random_scene import Choice
from .bank import BACKGROUND_NAMES
from .captions import captions, phrase_rows
from .looks import GUIDANCE, guided
from .text_box import Grounded

SEED = 20_240
STEPS = 20
AT_ONCE = 20
HIT = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of layouts. size: height and width in pixels"""

    name: str
    choice: Choice
    size: tuple[int, int] = (128, 128)
    count: int = 200


CASES = (
    Case("1 to 6 things", Choice(most=6, overlaps=False)),
    Case("sides of .10 to .15", Choice(most=6, overlaps=False, longest=0.15, small=0.0), count=60),
    Case("overlaps", Choice(most=6), count=60),
    Case("3:2", Choice(most=6, overlaps=False), (128, 192), 60),
)


@dataclass(frozen=True, slots=True)
class Obeyed:
    """Means over all things asked for. over_half: found there · thing, colour: and of that kind"""

    iou: float
    over_half: float
    thing: float
    colour: float

    def __str__(self) -> str:
        return (
            f"IoU {self.iou:.3f}, {self.over_half:.1%} over .5, thing {self.thing:.1%}, "
            f"colour {self.colour:.1%}"
        )


def measure(
    network: Grounded, autoencoder: Autoencoder, detector: Detector, seed: int = SEED
) -> Iterator[tuple[str, Obeyed]]:
    """(words, what is obeyed) of each case, gate open, and of the first also shut."""
    for case in CASES:
        yield f"{case.name}, open", obeyed(network, autoencoder, detector, case, 1.0, seed)
    shut = replace(CASES[0], count=60)
    yield f"{shut.name}, shut", obeyed(network, autoencoder, detector, shut, 0.0, seed)


@torch.no_grad()
def obeyed(
    network: Grounded,
    autoencoder: Autoencoder,
    detector: Detector,
    case: Case,
    gate: float,
    seed: int,
) -> Obeyed:
    """gate: 1 grounds, 0 gives null grounding"""
    scenes = random_scenes(chance_of(seed, case.name, -1), case.count, case.choice, case.size)
    items = items_of(scenes)
    background = torch.tensor([BACKGROUND_NAMES.index(scene.background) for scene in scenes])
    texts = captions(items, background, chance_of(seed, "captions", -1), told=0.0, dropped=0.0)
    cells = tuple(side // CELL_PX for side in case.size)
    noise = torch.randn(case.count, 4, *cells, generator=generator_of(seed, case.name, -1))
    results: list[Tensor] = []
    for first in range(0, case.count, AT_ONCE):
        few = slice(first, first + AT_ONCE)
        some = Items(*(values[few] for values in items))
        inputs = TextBoxInputs(
            some.boxes, gate * some.present.float(), network.features[phrase_rows(some)]
        )
        predict = guided(network, tokenize(texts[few]), GUIDANCE, inputs)
        made = autoencoder.picture(sample(predict, noise[few], STEPS)).clamp(-1, 1)
        results += [_row(found, some, row) for row, found in enumerate(find(detector(made)))]
    iou_sum, over, thing, colour = torch.cat(results).mean(dim=0).tolist()
    return Obeyed(iou_sum, over, thing, colour)


def _row(found: Found, items: Items, row: int) -> Tensor:
    """Per item of one picture: IoU, over a half, thing right, colour right: n 4."""
    present = items.present[row]
    boxes, thing, colour = (part[row][present] for part in (items.boxes, items.thing, items.colour))
    result = torch.zeros(len(boxes), 4)
    if not len(found.boxes):
        return result
    overlap = iou(boxes[:, None], found.boxes[None])
    for slot in range(len(boxes)):
        same = found.thing == thing[slot]
        best = int((overlap[slot] + (overlap[slot] > HIT) * same).argmax())
        hit = overlap[slot, best] >= HIT
        right = bool(hit and same[best])
        painted = int(colour[slot]) in (NO_COLOUR, int(found.colour[best]))
        result[slot] = torch.tensor(
            (overlap[slot, best].item(), float(hit), float(right), float(hit and painted))
        )
    return result
