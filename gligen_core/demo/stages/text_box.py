"""Training of the text-box GLIGEN on the frozen base, as the paper does."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...modalities.text_box import TextBoxInputs
from ...model import GligenModel
from ...training.loop import Plan, train
from ...training.objective import add_noise
from ..chance import chance_of, generator_of
from ..parts.autoencoder import Autoencoder
from ..parts.base import Base, new_gligen
from ..words import tokenize
from ..world.random_scene import Choice
from .bank import Bank
from .captions import all_phrases, captions, phrase_rows
from .looks import COUNT, GUIDANCE, guided, look_scenes, make, save_sheet, shares
from .settings import Settings


@dataclass(frozen=True, slots=True)
class TextBoxRecipe:
    """gate_rate: the gates start at 0 and must learn faster

    untold: share of empty captions, so that what a thing is must come from its box's phrase
    (`prob_use_caption: 0.5` of the official configs) · dropped: share of batches with null
    grounding (official `openaimodel.py`) · noisy: share of timesteps in the noisier half
    """

    steps: int = 24_000
    batch: int = 32
    rate: float = 1e-3
    gate_rate: float = 1e-2
    untold: float = 0.5
    dropped: float = 0.1
    noisy: float = 0.8
    phases: tuple[tuple[float, Choice], ...] = ((0.0, Choice(most=4)), (0.2, Choice()))


@dataclass(frozen=True, slots=True)
class Batches:
    """(x, timesteps, velocity, caption tokens, boxes, present, phrase rows) of each step."""

    bank: Bank
    recipe: TextBoxRecipe
    seed: int

    def __call__(self, step: int) -> tuple[Tensor, ...]:
        encoded = self.bank.at(step)
        process = self.bank.process
        chance = chance_of(self.seed, "text box", step, process)
        generator = generator_of(self.seed, "text box", step, process)
        texts = captions(encoded.items, encoded.background, chance, 0.0, self.recipe.untold)
        present = encoded.items.present.float()
        if chance.random() < self.recipe.dropped:
            present = torch.zeros_like(present)
        noised = add_noise(encoded.latents, generator, self.recipe.noisy)
        rows = phrase_rows(encoded.items, generator)
        said = (tokenize(texts), encoded.items.boxes, present, rows)
        return noised.x, noised.timesteps, noised.velocity, *said


class Grounded(nn.Module):
    """A frozen base under a GLIGEN in training."""

    features: Tensor

    def __init__(self, base: Base) -> None:
        super().__init__()
        self.base = base.cpu().requires_grad_(False)
        self.gligen = new_gligen(base.unet)
        with torch.no_grad():
            _, pooled = base.text_encoder(tokenize(all_phrases()))
        self.register_buffer("features", pooled)

    def forward(
        self, x: Tensor, timesteps: Tensor, tokens: Tensor, inputs: TextBoxInputs
    ) -> Tensor:
        """As Base, grounded by `inputs`."""
        hidden, _ = self.base.text_encoder(tokens)
        ground = self.gligen.grounding(self.gligen.position_net(inputs))
        return self.base.unet(x, timesteps, hidden, ground)


def train_text_box(
    settings: Settings, recipe: TextBoxRecipe, base: Base, autoencoder: Autoencoder
) -> GligenModel:
    """Tokenizer and fusers, the base frozen."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network = Grounded(base).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    steps = settings.steps(recipe.steps)
    bank = Bank(
        autoencoder.eval().requires_grad_(False),
        settings.folder,
        settings.seed,
        settings.batch or recipe.batch,
        tuple((int(share * steps), choice) for share, choice in recipe.phases),
        accelerator.process_index,
    )
    features = network.features.to(accelerator.device)

    def loss_of(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        x, timesteps, velocity, tokens, boxes, present, rows = batch
        x = x.contiguous(memory_format=torch.channels_last)
        inputs = TextBoxInputs(boxes, present, features[rows])
        predicted = network(x, timesteps, tokens, inputs)
        return functional.mse_loss(predicted.float(), velocity)

    named = list(network.gligen.named_parameters())
    groups = [
        [parameter for name, parameter in named if ("alpha_" in name) == is_gate]
        for is_gate in (False, True)
    ]
    return train(
        Plan("text_box", steps, (recipe.rate, recipe.gate_rate), settings.folder),
        network,
        groups,
        Batches(bank, recipe, settings.seed),
        loss_of,
        lambda average: look(average, autoencoder, settings),  # type: ignore[arg-type]
        accelerator,
    ).gligen  # type: ignore[return-value]


LOOKED_AT = Choice(most=4)


def look(network: Grounded, autoencoder: Autoencoder, settings: Settings) -> str:
    """Pictures with the grounding, and without it."""
    device = next(network.parameters()).device
    scenes = look_scenes(LOOKED_AT)
    texts = captions(scenes.items, scenes.background, chance_of(0, "look", -1), 0.0, 0.0)
    tokens = tokenize(texts).to(device)
    text = network.features[phrase_rows(scenes.items).to(device)]
    words, made = [], []
    for name, share in (("open", 1.0), ("shut", 0.0)):
        present = share * scenes.items.present.float()
        inputs = TextBoxInputs(scenes.items.boxes.to(device), present.to(device), text)
        made.append(make(guided(network, tokens, GUIDANCE, inputs), autoencoder, COUNT, device))
        words.append(f"{name}: {shares(made[-1], scenes.items, settings.folder) or 'see'}")
    gates = [p.tanh().abs() for n, p in network.gligen.named_parameters() if "alpha_" in n]
    file = settings.folder / "looks" / "text_box.png"
    save_sheet(file, scenes.scenes, *made)
    return f"{'; '.join(words)}; gates {torch.stack(gates).mean():.2f}; {file}"
