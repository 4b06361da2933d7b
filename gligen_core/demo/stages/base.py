"""Training of the base: text encoder and UNet, from captions alone.

Part of the captions tells where the things are, so that the base's features know where they are;
the rest does not, and there the base puts them anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...training.loop import Plan, train
from ...training.objective import add_noise
from ..chance import chance_of, generator_of
from ..drawings import COLOUR_NAMES, NO_COLOUR, THING_NAMES
from ..networks import transformer_widths
from ..parts.autoencoder import Autoencoder
from ..parts.base import Base
from ..text_encoder import WIDTH
from ..words import tokenize
from ..world.random_scene import Choice
from .bank import Bank
from .captions import PHRASES, all_phrases, captions
from .looks import COUNT, GUIDANCE, guided, look_scenes, make, save_sheet, shares
from .settings import Settings

FIRST_THINGS = (
    *("circle", "square", "triangle", "diamond"),
    *("sun", "tree", "flower", "house", "car", "boat", "cat", "fish"),
)


@dataclass(frozen=True, slots=True)
class BaseRecipe:
    """phases: from which share of the steps on, and what is shown

    told, untold: shares of captions that say where things are, and of empty ones
    noisy: share of timesteps in the noisier half, where layouts are decided
    naming: weight of saying what a phrase names and what each cell shows, which does not ship
    """

    steps: int = 32_000
    batch: int = 32
    rate: float = 1.5e-3
    told: float = 0.7
    untold: float = 0.1
    noisy: float = 0.6
    naming: float = 0.05
    phases: tuple[tuple[float, Choice], ...] = (
        (0.0, Choice(FIRST_THINGS, ("plain",), most=2, small=0.0, overlaps=False)),
        (0.15, Choice(FIRST_THINGS, most=4, small=0.1)),
        (0.35, Choice(most=5)),
        (0.6, Choice()),
    )


@dataclass(frozen=True, slots=True)
class Batches:
    """(x, timesteps, velocity, caption tokens, what each latent cell shows) of each step."""

    bank: Bank
    recipe: BaseRecipe
    seed: int

    def __call__(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        encoded = self.bank.at(step)
        process = self.bank.process
        chance = chance_of(self.seed, "captions", step, process)
        recipe = self.recipe
        texts = captions(encoded.items, encoded.background, chance, recipe.told, recipe.untold)
        generator = generator_of(self.seed, "base noise", step, process)
        noised = add_noise(encoded.latents, generator, recipe.noisy)
        return noised.x, noised.timesteps, noised.velocity, tokenize(texts), encoded.cells


class NamingBase(nn.Module):
    """The base in training, with heads that read off its features what they must know.

    From a phrase's pooled feature, which the GLIGENs get, the thing and the colour; from the
    features of the last transformer block what each cell shows (as REPA, 2410.06940, found with
    another's features, this makes a diffusion model learn faster). They don't ship.
    """

    phrases: Tensor
    things: Tensor
    colours: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.base = Base()
        widths = transformer_widths(self.base.unet)
        self.last = list(widths)[-1]
        self.name_colour = nn.Linear(WIDTH, len(COLOUR_NAMES))
        self.name_thing = nn.Linear(WIDTH, len(THING_NAMES))
        self.name_cell = nn.Linear(widths[self.last], 1 + len(THING_NAMES))
        self.register_buffer("phrases", tokenize(all_phrases()))
        self.register_buffer("things", torch.tensor([thing for _, thing, _ in PHRASES]))
        self.register_buffer("colours", torch.tensor([colour for _, _, colour in PHRASES]))

    def forward(
        self, x: Tensor, timesteps: Tensor, tokens: Tensor, cells: Tensor
    ) -> tuple[Tensor, Tensor]:
        """-> velocity: b 4 h w · cross-entropy of what phrases and cells are: a scalar"""
        seen: dict[str, Tensor] = {}

        def watch(block: object, rows: Tensor) -> Tensor:
            if block == self.last:
                seen["rows"] = rows
            return rows

        hidden, _ = self.base.text_encoder(tokens)
        velocity = self.base.unet(x, timesteps, hidden, watch)
        shown = self.name_cell(seen["rows"])
        naming = functional.cross_entropy(shown.flatten(0, 1), cells.flatten())
        return velocity, naming + self._phrase_naming()

    def _phrase_naming(self) -> Tensor:
        _, pooled = self.base.text_encoder(self.phrases)
        return functional.cross_entropy(
            self.name_thing(pooled), self.things
        ) + functional.cross_entropy(self.name_colour(pooled), self.colours, ignore_index=NO_COLOUR)


def train_base(settings: Settings, recipe: BaseRecipe, autoencoder: Autoencoder) -> Base:
    """Text encoder and UNet, on the autoencoder's latents."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network: nn.Module = NamingBase().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    steps = settings.steps(recipe.steps)
    bank = Bank(
        autoencoder.eval().requires_grad_(False),
        settings.folder,
        settings.seed,
        settings.batch or recipe.batch,
        tuple((int(share * steps), choice) for share, choice in recipe.phases),
        accelerator.process_index,
    )

    def loss_of(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        x, timesteps, velocity, tokens, cells = batch
        x = x.contiguous(memory_format=torch.channels_last)
        predicted, naming = network(x, timesteps, tokens, cells)
        return functional.mse_loss(predicted.float(), velocity) + recipe.naming * naming

    return train(
        Plan("base", steps, (recipe.rate,), settings.folder),
        network,
        [list(network.parameters())],
        Batches(bank, recipe, settings.seed),
        loss_of,
        lambda average: look(average.base, autoencoder, settings),  # type: ignore[arg-type]
        accelerator,
    ).base  # type: ignore[return-value]


LOOKED_AT = Choice(FIRST_THINGS, most=3, small=0.0)


def look(base: Base, autoencoder: Autoencoder, settings: Settings) -> str:
    """Pictures of captions that tell where things are, and of ones that do not."""
    device = next(base.parameters()).device
    scenes = look_scenes(LOOKED_AT)
    words, made = [], []
    for name, told in (("told", 1.0), ("untold", 0.0)):
        texts = captions(
            scenes.items, scenes.background, chance_of(0, "look", -1), told, dropped=0.0
        )
        predict = guided(base, tokenize(texts).to(device), GUIDANCE)
        made.append(make(predict, autoencoder, COUNT, device))
        words.append(f"{name}: {shares(made[-1], scenes.items, settings.folder) or 'see'}")
    file = settings.folder / "looks" / "base.png"
    save_sheet(file, scenes.scenes, *made)
    return f"{'; '.join(words)}; {file}"
