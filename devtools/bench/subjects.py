"""Subjects of the bench: the plain host, its own GLIGEN nodes, this pack, diffusers' pipeline."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ..host_modules import Modules
from .networks import Networks
from .plan import CELL_PX, LATENT_CHANNELS, PLAIN, SLOTS, Case
from .timing import Lap, Stopwatch

PROMPT, NEGATIVE = "a photo of a table", "blurry"
GUIDANCE = 7.5
SEED = 1
FILLED = 0.9  # of a box's share of the canvas, a side

NODE = "GLIGEN_Shortcuts"


@dataclass(frozen=True, slots=True)
class Approximation:
    """Speed-up that Apply GLIGEN offers; these defaults are the exact run.

    reuse, merge, skip_below: as its node has them
    negative: Apply GLIGEN's negative_grounding
    """

    reuse: int = 1
    merge: bool = False
    skip_below: float = 0.0
    negative: str = "null"

    def inputs(self, host: Modules) -> dict[str, Any]:
        """Inputs of Apply GLIGEN beside its usual ones."""
        chosen: dict[str, Any] = {"negative_grounding": self.negative}
        if (self.reuse, self.merge, self.skip_below) != (1, False, 0.0):
            node = host("nodes").NODE_CLASS_MAPPINGS[NODE]
            out = node.execute(reuse=self.reuse, merge=self.merge, skip_below=self.skip_below)
            chosen["shortcuts"] = out.result[0]
        return chosen


APPROXIMATIONS: dict[str, Approximation] = {
    "reuse 2": Approximation(reuse=2),
    "reuse 3": Approximation(reuse=3),
    "reuse 8": Approximation(reuse=8),
    "merge": Approximation(merge=True),
    "skip below 0.1": Approximation(skip_below=0.1),
    "negative off": Approximation(negative="off"),
    "reuse 2 + merge": Approximation(reuse=2, merge=True),
}


def available(host: Modules) -> tuple[str, ...]:
    """Names of the speed-ups that this pack has."""
    there = NODE in host("nodes").NODE_CLASS_MAPPINGS
    plain = ("negative off",)
    return tuple(APPROXIMATIONS) if there else plain


Run = Callable[[int, Stopwatch], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """Competitor that samples the same job.

    run: samples so many steps under the stopwatch · tokenizer: whose calls are counted
    model: the host's MODEL that it samples, None for diffusers
    """

    name: str
    run: Run
    device: torch.device
    tokenizer: nn.Module | None = None
    model: Any = None

    @torch.inference_mode()
    def lap(self, steps: int) -> Lap:
        watch = Stopwatch(self.device)
        watch.start()
        with watch.on_tokenizer(self.tokenizer):
            self.run(steps, watch)
        return watch.lap(steps)


@torch.inference_mode()  # as the host runs its nodes
def make_subject(name: str, networks: Networks, case: Case) -> Subject:
    """Subject by its name in SUBJECTS or APPROXIMATIONS."""
    return SUBJECTS[name](name, networks, case)


def places(count: int) -> list[tuple[float, float, float, float]]:
    """Boxes in rows and columns all over the canvas: x0 y0 x1 y1, fractions of it."""
    columns = math.ceil(math.sqrt(count))
    width, height = 1 / columns, 1 / math.ceil(count / columns)
    corners = [(index % columns * width, index // columns * height) for index in range(count)]
    return [(x, y, x + FILLED * width, y + FILLED * height) for x, y in corners]


def phrases(count: int) -> list[str]:
    return [f"thing number {number + 1}" for number in range(count)]


def _plain(name: str, networks: Networks, case: Case) -> Subject:
    return _sampled(name, networks, case, networks.model, *_prompts(networks))


def _stock(name: str, networks: Networks, case: Case) -> Subject:
    """GLIGENLoader and GLIGENTextBoxApply, one for each box; places in whole pixels."""
    gligen = networks.stock_gligen
    positive, negative = _prompts(networks)
    node = networks.host("nodes").GLIGENTextBoxApply()
    for (x0, y0, x1, y1), text in zip(places(case.boxes), phrases(case.boxes), strict=True):
        sides = ((x1 - x0) * case.width_px, (y1 - y0) * case.height_px)
        corner = (x0 * case.width_px, y0 * case.height_px)
        numbers = (int(number) for number in (*sides, *corner))
        (positive,) = node.append(positive, networks.clip, gligen, text, *numbers)
    tokenizer = gligen.model.position_net
    return _sampled(name, networks, case, networks.model, positive, negative, tokenizer)


def _grounded(
    name: str,
    networks: Networks,
    case: Case,
    speed_up: Approximation | None = None,
    phases: tuple[float, float, float] = (1.0, 0.0, 0.0),
    stored: str = "",
) -> Subject:
    """This pack: Load GLIGEN, Ground, Apply GLIGEN."""
    pack, gligen = networks.pack, networks.gligen(stored)
    extra = speed_up.inputs(networks.host) if speed_up else {}
    arguments = (
        *_prompts(networks),
        pack("host.grounding").Grounding(gligen, _objects(networks, gligen, case.boxes)),
        pack("gligen_core.gate.schedule").GateSchedule.phases(*phases),
    )

    def attach(model: Any) -> Any:
        return pack("nodes.apply").ApplyGligen.execute(model, *arguments, **extra).result

    tokenizer = gligen.model.position_net
    _, positive, negative = attach(networks.model)
    return _sampled(
        name, networks, case, networks.model, positive, negative, tokenizer, lambda m: attach(m)[0]
    )


def _objects(networks: Networks, gligen: Any, count: int) -> Any:
    """What the tokenizer reads. Over 30 objects the slots grow with them, which Ground forbids."""
    text_box = networks.pack("gligen_core.modalities.text_box")
    box = networks.pack("gligen_core.geometry").Box
    features = networks.pack("host.clip").phrase_features(
        networks.clip, phrases(count), gligen.model.position_net.text_width, gligen.name
    )
    return text_box.prepare(
        [box.of(place) for place in places(count)], features, slots=max(count, SLOTS)
    )


def _sampled(
    name: str,
    networks: Networks,
    case: Case,
    model: Any,
    positive: Any,
    negative: Any,
    tokenizer: nn.Module | None = None,
    attach: Callable[[Any], Any] = lambda model: model,
) -> Subject:
    """By the host's KSampler, Euler. attach: grounds a MODEL that the stopwatch hangs on."""
    shape = (case.batch, LATENT_CHANNELS, case.height_px // CELL_PX, case.width_px // CELL_PX)
    sample = networks.host("nodes").common_ksampler

    def run(steps: int, watch: Stopwatch) -> None:
        watched = attach(watch.on_model(model, networks.host))
        latent = {"samples": torch.zeros(shape)}
        sample(watched, SEED, steps, GUIDANCE, "euler", "normal", positive, negative, latent)

    return Subject(name, run, networks.device, tokenizer, attach(model))


def _diffusers(name: str, networks: Networks, case: Case) -> Subject:
    pipeline = networks.pipeline

    def run(steps: int, watch: Stopwatch) -> None:
        with watch.on_pipeline(pipeline.unet) as after_step:
            pipeline(
                PROMPT,
                height=case.height_px,
                width=case.width_px,
                num_inference_steps=steps,
                guidance_scale=GUIDANCE,
                negative_prompt=NEGATIVE,
                num_images_per_prompt=case.batch,
                gligen_phrases=phrases(case.boxes),
                gligen_boxes=[list(place) for place in places(case.boxes)],
                gligen_scheduled_sampling_beta=1.0,
                generator=torch.Generator().manual_seed(SEED),
                output_type="latent",
                callback=after_step,
                callback_steps=1,
            )

    return Subject(name, run, networks.device, pipeline.unet.position_net)


def _prompts(networks: Networks) -> tuple[Any, Any]:
    encode = networks.host("nodes").CLIPTextEncode().encode
    return encode(networks.clip, PROMPT)[0], encode(networks.clip, NEGATIVE)[0]


def _ours(**settings: Any) -> Callable[[str, Networks, Case], Subject]:
    return lambda name, networks, case: _grounded(name, networks, case, **settings)


SUBJECTS: Mapping[str, Callable[[str, Networks, Case], Subject]] = {
    PLAIN: _plain,
    "stock": _stock,
    "open": _ours(),
    "shut": _ours(phases=(0.0, 0.0, 1.0)),
    "phases": _ours(phases=(0.3, 0.0, 0.7)),
    "open, fp16 file": _ours(stored="fp16"),
    "diffusers": _diffusers,
} | {name: _ours(speed_up=each) for name, each in APPROXIMATIONS.items()}
