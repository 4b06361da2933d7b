"""A few DDIM steps on the demo's networks, to look at pictures while they are trained."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from ..evaluation.finding import find_shapes
from ..evaluation.score import LayoutScore, score_layouts
from ..geometry import Box
from ..layout import Entity, Layout
from ..modalities.text_box import TextBoxInputs
from ..sampling.noise import TRAIN_STEPS
from ..training.objective import signal_and_noise
from .latents import picture_of
from .shapes import COLOURS, Scenes
from .vocabulary import phrase, tokenize

# (x: b 4 h w, timesteps: b) -> velocity with guidance: b 4 h w
Predict = Callable[[Tensor, Tensor], Tensor]


@torch.no_grad()
def sample(predict: Predict, noise: Tensor, steps: int = 16) -> Tensor:
    """noise: b 4 h w -> latents: b 4 h w, in the model's scale; DDIM (arXiv 2010.02502), eta 0."""
    x = clean = noise
    timesteps = torch.linspace(TRAIN_STEPS - 1, 0, steps + 1).long()
    for now, after in pairwise(timesteps.to(noise.device)):
        signal, spread = signal_and_noise(now[None])
        velocity = predict(x, now.expand(len(x)))
        clean, noise = signal * x - spread * velocity, spread * x + signal * velocity
        signal, spread = signal_and_noise(after[None])
        x = signal * clean + spread * noise
    return clean


def guided(
    network: nn.Module, tokens: Tensor, scale: float, inputs: TextBoxInputs | None = None
) -> Predict:
    """Classifier-free guidance: empty caption and null grounding on the other side."""
    nothing = tokenize([""] * len(tokens)).to(tokens.device)
    empty = inputs and TextBoxInputs(inputs.boxes, torch.zeros_like(inputs.present), inputs.text)

    def predict(x: Tensor, timesteps: Tensor) -> Tensor:
        conditional, unconditional = (
            network(x, timesteps, text, *([grounding] if grounding else []))
            for text, grounding in ((tokens, inputs), (nothing, empty))
        )
        return unconditional + scale * (conditional - unconditional)

    return predict


def score(latents: Tensor, scenes: Scenes) -> LayoutScore:
    """Score of the pictures of the latents (b 4 h w) against the scenes they were asked for."""
    pictures = picture_of(latents).permute(0, 2, 3, 1).double().numpy()
    found = [find_shapes(np.asarray(picture), COLOURS) for picture in pictures]
    return score_layouts(layouts_of(scenes), found)


def layouts_of(scenes: Scenes) -> list[Layout]:
    """Each scene's shapes as a layout."""
    return [
        Layout(
            tuple(
                Entity(id=f"shape {slot + 1}", box=Box.of(box), text=phrase(colour, shape))
                for slot, (box, there, colour, shape) in enumerate(zip(*row, strict=True))
                if there
            )
        )
        for row in zip(
            scenes.boxes.tolist(),
            scenes.present.tolist(),
            scenes.colour.tolist(),
            scenes.shape.tolist(),
            strict=True,
        )
    ]


def in_words(score: LayoutScore) -> str:
    """`IoU 0.71, 88 % placed`"""
    return f"IoU {score.mean_iou:.2f}, {score.placed:.0%} placed"
