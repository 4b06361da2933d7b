"""How the demo's base and its GLIGEN are made: data, losses and lengths of each stage.

The base learns from captions alone. Part of them tells where the shapes are, so that the base's
features know where they are; the rest does not, and there the base puts them anywhere. The GLIGEN
is then trained as the paper does: base frozen, null grounding for a tenth of the batches.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from ..modalities.text_box import TextBoxInputs
from ..model import GligenModel
from ..training.loop import Plan, train
from ..training.objective import Noised, add_noise
from .autoencoder import Autoencoder
from .latents import PIXELS, SCALE, latents_of, scene_latents
from .networks import Base, new_gligen
from .sampling import in_words, sample, score
from .shapes import COLOURS, MAX_SHAPES, SHAPES, Scenes, draw, random_scenes
from .text_encoder import WIDTH
from .vocabulary import Places, captions, phrase, tokenize

BATCH = 16  # per process
CANVASES = ((16, 16), (16, 16), (16, 16), (16, 24), (24, 16))  # latent height and width, in turn
CAPTION_DROP = 0.1  # of the captions are empty, for guidance
GROUNDING_DROP = 0.1  # of the batches have null grounding (official `openaimodel.py`)
PLACES_SHARE = {"none": 0.25, "words": 0.2, "grid": 0.55}  # of the base's captions
LONE_SHARE = 0.15  # of the base's steps at the start show one shape only
LATENT_NOISE = 0.03  # on the latents that the decoder learns from: samplers err, too
NAMING_WEIGHT = 0.05  # of the loss that makes a phrase's pooled feature name colour and shape

Stage = Literal["autoencoder", "base", "text_box"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose."""

    folder: Path  # for the states that a stopped run goes on from
    seed: int = 1
    autoencoder_steps: int = 3000
    base_steps: int = 4000
    text_box_steps: int = 4000


class NamingBase(nn.Module):
    """The base in training, with heads that read colour and shape off a phrase's pooled feature.

    They make the pooled feature, which the GLIGEN gets, say what the phrase says; they don't ship.
    """

    def __init__(self) -> None:
        super().__init__()
        self.base = Base()
        self.name_colour = nn.Linear(WIDTH, len(COLOURS))
        self.name_shape = nn.Linear(WIDTH, len(SHAPES))

    def forward(self, x: Tensor, timesteps: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """-> velocity: b 4 h w · cross-entropy of every phrase's colour and shape: a scalar"""
        _, pooled = self.base.text_encoder(tokenize(all_phrases()).to(x.device))
        colours = torch.arange(len(COLOURS), device=x.device).repeat_interleave(len(SHAPES))
        shapes = torch.arange(len(SHAPES), device=x.device).repeat(len(COLOURS))
        entropy = nn.functional.cross_entropy
        naming = entropy(self.name_colour(pooled), colours)
        naming = naming + entropy(self.name_shape(pooled), shapes)
        return self.base(x, timesteps, tokens), naming


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


class Grounded(nn.Module):
    """A frozen base under a GLIGEN in training."""

    def __init__(self, base: Base) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.gligen = new_gligen(base.unet)
        with torch.no_grad():
            _, pooled = base.text_encoder(tokenize(all_phrases()))
        self.register_buffer("phrases", pooled)

    def inputs(self, scenes: Scenes) -> TextBoxInputs:
        """The scenes' shapes as the tokenizer reads them."""
        features = self.phrases[scenes.colour * len(SHAPES) + scenes.shape]
        return TextBoxInputs(scenes.boxes, scenes.present.float(), features)

    def forward(
        self, x: Tensor, timesteps: Tensor, tokens: Tensor, inputs: TextBoxInputs
    ) -> Tensor:
        """As Base, grounded by `inputs`."""
        hidden, _ = self.base.text_encoder(tokens)
        ground = self.gligen.grounding(self.gligen.position_net(inputs))
        return self.base.unet(x, timesteps, hidden, ground)


@dataclass(frozen=True, slots=True)
class Example:
    """One batch: scenes, their captions as tokens, and their noised latents."""

    scenes: Scenes
    tokens: Tensor
    noised: Noised


def all_phrases() -> list[str]:
    """Every colour with every shape; the shape changes faster."""
    return [phrase(colour, shape) for colour in range(len(COLOURS)) for shape in range(len(SHAPES))]


def train_base(settings: Settings, accelerator: Accelerator) -> Base:
    """Stage one: text encoder and UNet from captions."""
    torch.manual_seed(settings.seed)
    network = NamingBase().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    lone_steps = int(LONE_SHARE * settings.base_steps)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        generator = generator_of(settings.seed, "base", step, accelerator.process_index)
        most = 1 if step < lone_steps else MAX_SHAPES
        example = draw_example(step, generator, most, tuple(PLACES_SHARE.values()))
        velocity, naming = network(*model_inputs(example, accelerator))
        return velocity_loss(velocity, example) + NAMING_WEIGHT * naming

    def report(average: nn.Module, step: int) -> str:
        words = []
        for places in get_args(Places):
            generator = generator_of(settings.seed, "look", 0)
            scenes = random_scenes(16, generator, most=1 if step < lone_steps else MAX_SHAPES)
            texts = captions(scenes, [places] * 16, ["and"] * 16)
            predict = guided(average.base, tokenize(texts), scale=3.0)
            latents = sample(predict, torch.randn(16, 4, 16, 16, generator=generator))
            words.append(f"{places} {in_words(score(latents, scenes))}")
        return "; ".join(words)

    plan = Plan("base", settings.base_steps, (1.5e-3,), settings.folder)
    parameters = [list(network.parameters())]
    return train(plan, network, parameters, loss_at, report, accelerator).base  # type: ignore[return-value]


def train_text_box(base: Base, settings: Settings, accelerator: Accelerator) -> GligenModel:
    """Stage two: tokenizer and fusers, the base frozen."""
    torch.manual_seed(settings.seed)
    network = Grounded(base).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    gates = [p for name, p in network.gligen.named_parameters() if "alpha_" in name]
    others = [p for name, p in network.gligen.named_parameters() if "alpha_" not in name]

    def loss_at(network: nn.Module, step: int) -> Tensor:
        generator = generator_of(settings.seed, "text_box", step, accelerator.process_index)
        example = draw_example(step, generator, MAX_SHAPES, (1.0, 0.0, 0.0))
        inputs = accelerator.unwrap_model(network).inputs(example.scenes)
        if torch.rand((), generator=generator) < GROUNDING_DROP:
            inputs = without_objects(inputs)
        return velocity_loss(network(*model_inputs(example, accelerator), inputs), example)

    def report(average: nn.Module, step: int) -> str:
        generator = generator_of(settings.seed, "look", 0)
        scenes = random_scenes(32, generator)
        tokens = tokenize(captions(scenes, ["none"] * 32, ["and"] * 32))
        predict = guided(average, tokens, 3.0, average.inputs(scenes))  # type: ignore[operator]
        latents = sample(predict, torch.randn(32, 4, 16, 16, generator=generator))
        return in_words(score(latents, scenes))

    plan = Plan("text_box", settings.text_box_steps, (1e-3, 1e-2), settings.folder)
    return train(plan, network, [others, gates], loss_at, report, accelerator).gligen  # type: ignore[return-value]


def train_autoencoder(settings: Settings, accelerator: Accelerator) -> Autoencoder:
    """Stage zero: latents to pictures, and the cover of a picture; needs no other network."""
    torch.manual_seed(settings.seed)
    network = Reconstruction()

    def loss_at(network: nn.Module, step: int) -> Tensor:
        generator = generator_of(settings.seed, "autoencoder", step, accelerator.process_index)
        picture, cover = (part.to(accelerator.device) for part in draw_pictures(step, generator))
        return network(picture, cover)

    def report(average: nn.Module, step: int) -> str:
        picture, cover = draw_pictures(0, generator_of(settings.seed, "look", 0))
        with torch.no_grad():
            error = (
                average.autoencoder.decode(latents_of(picture, cover) / SCALE) / 2 + 0.5 - picture
            )  # type: ignore[operator]
        return f"PSNR {-10 * error.square().mean().log10():.1f} dB"

    plan = Plan("autoencoder", settings.autoencoder_steps, (2e-3,), settings.folder)
    parameters = [list(network.parameters())]
    return train(plan, network, parameters, loss_at, report, accelerator).autoencoder  # type: ignore[return-value]


def draw_pictures(step: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A batch of scenes as pictures, b 3 h w in 0..1, and their cover."""
    height, width = CANVASES[step % len(CANVASES)]
    scenes = random_scenes(BATCH, generator, width / height)
    return draw(scenes, height * PIXELS, width * PIXELS)


def draw_example(
    step: int, generator: torch.Generator, most: int, shares: tuple[float, ...]
) -> Example:
    """A batch of scenes. shares: of captions that tell no places, words, grid numbers."""
    height, width = CANVASES[step % len(CANVASES)]
    scenes = random_scenes(BATCH, generator, width / height, most)
    kinds = torch.multinomial(torch.tensor(shares), BATCH, replacement=True, generator=generator)
    joints = torch.rand(BATCH, generator=generator) < 0.5
    texts = captions(
        scenes,
        [get_args(Places)[kind] for kind in kinds.tolist()],
        ["and" if joint else "," for joint in joints.tolist()],
    )
    dropped = (torch.rand(BATCH, generator=generator) < CAPTION_DROP).tolist()
    texts = ["" if drop else text for text, drop in zip(texts, dropped, strict=True)]
    latents = scene_latents(scenes, height, width)
    return Example(scenes, tokenize(texts), add_noise(latents, generator))


def model_inputs(example: Example, accelerator: Accelerator) -> tuple[Tensor, Tensor, Tensor]:
    """x, timesteps and tokens, where the network is."""
    noised = example.noised
    x = noised.x.to(accelerator.device, memory_format=torch.channels_last)
    return x, noised.timesteps.to(accelerator.device), example.tokens.to(accelerator.device)


def velocity_loss(velocity: Tensor, example: Example) -> Tensor:
    """Mean squared error: the official loss, weighed by 1 / alpha_bar."""
    return nn.functional.mse_loss(velocity.float(), example.noised.velocity.to(velocity.device))


def without_objects(inputs: TextBoxInputs) -> TextBoxInputs:
    """Null grounding."""
    return TextBoxInputs(inputs.boxes, torch.zeros_like(inputs.present), inputs.text)


def guided(
    network: nn.Module, tokens: Tensor, scale: float, inputs: TextBoxInputs | None = None
) -> Callable[[Tensor, Tensor], Tensor]:
    """Classifier-free guidance: empty caption and null grounding on the other side."""
    nothing = tokenize([""] * len(tokens))

    def predict(x: Tensor, timesteps: Tensor) -> Tensor:
        pairs = ((tokens, inputs), (nothing, inputs and without_objects(inputs)))
        conditional, unconditional = (
            network(x, timesteps, text, *([grounding] if grounding else []))
            for text, grounding in pairs
        )
        return unconditional + scale * (conditional - unconditional)

    return predict


def generator_of(seed: int, stage: str, step: int, process: int = 0) -> torch.Generator:
    """Random numbers that depend on the step alone, so that a resumed run sees the same data."""
    name = f"{seed} {stage} {step} {process}"
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))
