"""Batches that the demo learns from: scenes with captions, noised latents and grounding."""

import zlib
from dataclasses import dataclass
from typing import NamedTuple, get_args

import torch
from torch import Tensor

from ..modalities.text_box import TextBoxInputs
from ..training.objective import add_noise
from .latents import PIXELS, scene_latents
from .shapes import COLOURS, MAX_SHAPES, SHAPES, Scenes, draw, random_scenes
from .vocabulary import ARTICLES, Places, captions, phrase, tokenize

CANVASES = ((16, 16), (16, 16), (16, 16), (16, 24), (24, 16))  # latent height and width, in turn
GROUNDING_DROP = 0.1  # of the batches have null grounding (official `openaimodel.py`)


class Example(NamedTuple):
    """One batch of b scenes with up to n shapes.

    x: b 4 h w, noised latents · timesteps: b · velocity: b 4 h w, the target
    tokens: b t, captions · boxes: b n 4 · present: b n, 0 or 1 · phrases: b n, rows of all_phrases
    """

    x: Tensor
    timesteps: Tensor
    velocity: Tensor
    tokens: Tensor
    boxes: Tensor
    present: Tensor
    phrases: Tensor

    def inputs(self, features: Tensor) -> TextBoxInputs:
        """What the tokenizer reads. features: p c, the pooled feature of each of all_phrases."""
        return TextBoxInputs(self.boxes, self.present, features[self.phrases])


@dataclass(frozen=True, slots=True)
class Examples:
    """The training set: a batch for every step, made from the seed and the step alone.

    told: share of captions that tell where the shapes are
    untold: share of captions that are empty
    noisy: share of timesteps in the noisier half of the schedule, where layouts are decided
    lone_steps: so many steps at the start show one shape only
    """

    seed: int
    stage: str
    batch: int
    told: float
    untold: float
    noisy: float
    lone_steps: int = 0
    process: int = 0

    def __call__(self, step: int) -> Example:
        generator = generator_of(self.seed, self.stage, step, self.process)
        height, width = CANVASES[step % len(CANVASES)]
        most = 1 if step < self.lone_steps else MAX_SHAPES
        scenes = random_scenes(self.batch, generator, width / height, most)
        latents = scene_latents(scenes, height, width)
        noised = add_noise(latents, generator, self.noisy)
        present = scenes.present.float()
        if torch.rand((), generator=generator) < GROUNDING_DROP:
            present = torch.zeros_like(present)
        return Example(
            noised.x,
            noised.timesteps,
            noised.velocity,
            tokenize(self._captions(scenes, generator)),
            scenes.boxes,
            present,
            phrase_rows(scenes, generator),
        )

    def _captions(self, scenes: Scenes, generator: torch.Generator) -> list[str]:
        def choices(shares: tuple[float, ...]) -> list[int]:
            weights = torch.tensor(shares, dtype=torch.float)
            return torch.multinomial(weights, self.batch, True, generator=generator).tolist()

        texts = captions(
            scenes,
            [get_args(Places)[kind] for kind in choices((1 - self.told, self.told))],
            [("and", ",")[kind] for kind in choices((1, 1))],
            [ARTICLES[kind] for kind in choices((2, 1, 1))],
        )
        dropped = choices((1 - self.untold, self.untold))
        return ["" if drop else text for text, drop in zip(texts, dropped, strict=True)]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the autoencoder learns from: (picture: b 3 h w in 0..1, cover: b 1 h w) per step."""

    seed: int
    batch: int
    process: int = 0

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        height, width = CANVASES[step % len(CANVASES)]
        generator = generator_of(self.seed, "autoencoder", step, self.process)
        scenes = random_scenes(self.batch, generator, width / height)
        return draw(scenes, height * PIXELS, width * PIXELS)


def all_phrases() -> list[str]:
    """Every article with every colour with every shape; the shape changes fastest."""
    return [
        phrase(colour, shape, article)
        for article in ARTICLES
        for colour in range(len(COLOURS))
        for shape in range(len(SHAPES))
    ]


def phrase_rows(scenes: Scenes, generator: torch.Generator | None = None) -> Tensor:
    """Rows of all_phrases for the shapes: b n; the article is random, or `a` without generator."""
    kinds = len(ARTICLES) if generator else 1
    article = torch.randint(kinds, scenes.shape.shape, generator=generator)
    return (article * len(COLOURS) + scenes.colour) * len(SHAPES) + scenes.shape


def generator_of(seed: int, stage: str, step: int, process: int = 0) -> torch.Generator:
    """Random numbers that depend on the step alone, so that a resumed run sees the same data."""
    name = f"{seed} {stage} {step} {process}"
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))
