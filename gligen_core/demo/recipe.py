"""How the demo's networks are made: losses and lengths of each stage.

The base learns from captions alone. Part of them tells where the shapes are, so that the base's
features know where they are; the rest does not, and there the base puts them anywhere. The GLIGEN
is then trained as the paper does: base frozen, null grounding for a tenth of the batches.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from ..modalities.text_box import TextBoxInputs
from ..model import GligenModel
from ..training.loop import Plan, train
from .autoencoder import Autoencoder
from .examples import Example, Examples, Pictures, all_phrases, generator_of, phrase_rows
from .latents import SCALE, latents_of
from .networks import Base, new_gligen
from .sampling import guided, in_words, sample, score
from .shapes import COLOURS, SHAPES, random_scenes
from .text_encoder import WIDTH
from .vocabulary import ARTICLES, Places, captions, tokenize

BASE_RATE = 1.5e-3
TOKENIZER_RATE, GATE_RATE = 1e-3, 1e-2  # the gates start at 0 and must learn faster
AUTOENCODER_RATE = 2e-3
TOLD = 0.7  # of the base's captions tell where the shapes are; none of the grounded stage's
# Empty captions: for guidance; and, in the grounded stage, so that what a thing is must come from
# its box's phrase (`prob_use_caption: 0.5` of the official configs).
BASE_UNTOLD, TEXT_BOX_UNTOLD = 0.1, 0.5
BASE_NOISY, TEXT_BOX_NOISY = 0.6, 0.8  # of the timesteps are in the noisier half
LONE_SHARE = 0.15  # of the base's steps at the start show one shape only
LATENT_NOISE = 0.03  # on the latents that the decoder learns from: samplers err, too
NAMING_WEIGHT = 0.05  # of the loss that makes a phrase's pooled feature name colour and shape
LOOK = (16, 16, 3.0)  # scenes, steps and guidance of a look at the result

Stage = Literal["autoencoder", "base", "text_box"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose.

    folder: for the states that a stopped run goes on from · batch: scenes per process and step
    precision: "no" (float32) or "bf16" (mixed)
    """

    folder: Path
    seed: int
    batch: int
    steps: dict[Stage, int]
    device: str
    precision: str = "no"

    def accelerator(self) -> Accelerator:
        """One per stage: it remembers what it was given to save."""
        return Accelerator(cpu=self.device == "cpu", mixed_precision=self.precision)


class NamingBase(nn.Module):
    """The base in training, with heads that read colour and shape off a phrase's pooled feature.

    They make the pooled feature, which the GLIGEN gets, say what the phrase says; they don't ship.
    """

    phrases: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.base = Base()
        self.name_colour = nn.Linear(WIDTH, len(COLOURS))
        self.name_shape = nn.Linear(WIDTH, len(SHAPES))
        self.register_buffer("phrases", tokenize(all_phrases()))

    def forward(self, x: Tensor, timesteps: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """-> velocity: b 4 h w · cross-entropy of every phrase's colour and shape: a scalar"""
        _, pooled = self.base.text_encoder(self.phrases)
        rows = torch.arange(len(pooled), device=x.device)
        colours, shapes = rows // len(SHAPES) % len(COLOURS), rows % len(SHAPES)
        entropy = nn.functional.cross_entropy
        naming = entropy(self.name_colour(pooled), colours)
        naming = naming + entropy(self.name_shape(pooled), shapes)
        return self.base(x, timesteps, tokens), naming


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


class Reconstruction(nn.Module):
    """The autoencoder in training."""

    def __init__(self) -> None:
        super().__init__()
        self.autoencoder = Autoencoder()

    def forward(self, picture: Tensor, cover: Tensor) -> Tensor:
        """Mean error of the decoded picture (of slightly noisy latents) and of the cover.

        picture: b 3 h w in 0..1 · cover: b 1 h w
        """
        latents = latents_of(picture, cover)
        noisy = latents + LATENT_NOISE * torch.randn_like(latents)
        decoded = self.autoencoder.decode(noisy / SCALE)
        encoded = self.autoencoder.encode(2 * picture - 1) * SCALE
        error = nn.functional.l1_loss
        return error(decoded, 2 * picture - 1) + 0.1 * error(encoded, latents)


def train_autoencoder(settings: Settings) -> Autoencoder:
    """Latents to pictures, and the cover of a picture; needs no other network."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network = Reconstruction()
    pictures = Pictures(settings.seed, min(settings.batch, 64), accelerator.process_index)

    def report(average: nn.Module) -> str:
        picture, cover = (part.to(accelerator.device) for part in pictures(-1))
        with torch.no_grad():
            decoded = average.autoencoder.decode(latents_of(picture, cover) / SCALE)  # type: ignore[operator]
        error = (decoded / 2 + 0.5 - picture).square().mean()
        return f"PSNR {-10 * error.log10().item():.1f} dB"

    plan = Plan("autoencoder", settings.steps["autoencoder"], (AUTOENCODER_RATE,), settings.folder)
    groups = [list(network.parameters())]
    average = train(
        plan, network, groups, pictures, lambda net, batch: net(*batch), report, accelerator
    )
    return average.autoencoder  # type: ignore[return-value]


def train_base(settings: Settings) -> Base:
    """Text encoder and UNet from captions."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network = NamingBase().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    steps = settings.steps["base"]
    examples = Examples(
        seed=settings.seed,
        stage="base",
        batch=settings.batch,
        told=TOLD,
        untold=BASE_UNTOLD,
        noisy=BASE_NOISY,
        lone_steps=int(LONE_SHARE * steps),
        process=accelerator.process_index,
    )

    def loss_of(network: nn.Module, example: Example) -> Tensor:
        velocity, naming = network(_channels_last(example.x), example.timesteps, example.tokens)
        return velocity_loss(velocity, example) + NAMING_WEIGHT * naming

    def report(average: nn.Module) -> str:
        return "; ".join(
            f"{places} {look(average.base, places, accelerator.device)}"  # type: ignore[arg-type]
            for places in get_args(Places)
        )

    plan = Plan("base", steps, (BASE_RATE,), settings.folder)
    groups = [list(network.parameters())]
    return train(plan, network, groups, examples, loss_of, report, accelerator).base  # type: ignore[return-value]


def train_text_box(base: Base, settings: Settings) -> GligenModel:
    """Tokenizer and fusers, the base frozen."""
    accelerator = settings.accelerator()
    torch.manual_seed(settings.seed)
    network = Grounded(base).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    examples = Examples(
        seed=settings.seed,
        stage="text_box",
        batch=settings.batch,
        told=0.0,
        untold=TEXT_BOX_UNTOLD,
        noisy=TEXT_BOX_NOISY,
        process=accelerator.process_index,
    )
    features = network.features.to(accelerator.device)

    def loss_of(network: nn.Module, example: Example) -> Tensor:
        x = _channels_last(example.x)
        velocity = network(x, example.timesteps, example.tokens, example.inputs(features))
        return velocity_loss(velocity, example)

    def report(average: nn.Module) -> str:
        return look(average, "none", accelerator.device, features)

    plan = Plan(
        "text_box", settings.steps["text_box"], (TOKENIZER_RATE, GATE_RATE), settings.folder
    )
    named = list(network.gligen.named_parameters())
    groups = [
        [parameter for name, parameter in named if ("alpha_" in name) == is_gate]
        for is_gate in (False, True)
    ]
    return train(plan, network, groups, examples, loss_of, report, accelerator).gligen  # type: ignore[return-value]


def velocity_loss(velocity: Tensor, example: Example) -> Tensor:
    """Mean squared error: the official loss, weighed by 1 / alpha_bar."""
    return nn.functional.mse_loss(velocity.float(), example.velocity)


def look(
    network: nn.Module, places: Places, device: torch.device, features: Tensor | None = None
) -> str:
    """`IoU 0.71, 88% over 0.5`: of a few scenes sampled from captions, and boxes if `features`."""
    count, steps, scale = LOOK
    generator = generator_of(0, "look", 0)
    scenes = random_scenes(count, generator)
    tokens = tokenize(captions(scenes, [places] * count, ["and"] * count, [ARTICLES[0]] * count))
    inputs = None
    if features is not None:
        rows = phrase_rows(scenes).to(device)
        inputs = TextBoxInputs(
            scenes.boxes.to(device), scenes.present.float().to(device), features[rows]
        )
    noise = torch.randn(count, 4, 16, 16, generator=generator).to(device)
    predict = guided(network, tokens.to(device), scale, inputs)
    return in_words(score(sample(predict, noise, steps).cpu(), scenes))


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)
