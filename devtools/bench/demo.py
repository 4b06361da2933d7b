"""Measures on the demo model: pictures with a speed-up, the closed loop, and an animated batch."""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
import torch

from gligen_core.demo.shapes import COLOURS, SHAPES
from gligen_core.demo.vocabulary import phrase
from gligen_core.evaluation import score_layouts
from gligen_core.evaluation.closed_loop import LoopWorth, loop_worth
from gligen_core.evaluation.layout_sets import hard_layouts
from gligen_core.evaluation.retry import Settings
from gligen_core.evaluation.score import PixelArray
from gligen_core.layout import Layout, dump_layout

from ..api_client import ApiClient
from ..pins import CHECKOUT
from ..results import detect_demo, pixels_of
from ..workflow import adapt, picture_size_px
from .plan import CELL_PX, LATENT_CHANNELS
from .room import Room, one_thread
from .subjects import APPROXIMATIONS, Approximation

EXAMPLES = CHECKOUT / "example_workflows" / "api"
LOOP_SEED = 20241  # of its layouts; not the one that `dev.py demo` is scored with
FIRST = Settings(seed=1, on=0.3, strength=1.0)  # official phases
SEED = 515  # of the layouts: neither the demo's own test set nor the closed loop's
STEPS, GUIDANCE = 24, 4.5  # as in the demo workflow
MOST_DB = 100.0  # stands for pictures that are equal
GLIGEN = "demo_gligen_text_box.safetensors"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Likeness of a speed-up's pictures, beside the exact ones of the same layouts and seeds.

    psnr_db: per picture · iou, exact_iou: of asked and found boxes, mean over the pictures
    """

    shortcut: str
    psnr_db: tuple[float, ...]
    iou: float
    exact_iou: float


class Gallery:
    """Held-out layouts as pictures by the demo model, with an open gate."""

    def __init__(self, room: Room, count: int) -> None:
        self._room = room
        self._model, self._clip, self._vae = room.pack("nodes.demo").DemoModel.execute().result
        self._gligen = room.pack("host.files").load(GLIGEN, "auto")
        # The pack's own layouts: its nodes know no others.
        sets = room.pack("gligen_core.evaluation.layout_sets")
        self._layouts = sets.held_out_layouts(count, SEED, demo_phrases())
        self._exact = self._pictures(Approximation())

    @classmethod
    def open(cls, room: Room, count: int) -> Gallery:
        with torch.inference_mode(), one_thread():
            return cls(room, count)

    def likeness(self, name: str) -> Likeness:
        """name: of APPROXIMATIONS"""
        with torch.inference_mode(), one_thread():
            found = self._pictures(APPROXIMATIONS[name])
        pairs = zip(found, self._exact, strict=True)
        return Likeness(
            name,
            tuple(psnr_db(picture, exact) for picture, exact in pairs),
            self._mean_iou(found),
            self._mean_iou(self._exact),
        )

    def _mean_iou(self, pictures: list[np.ndarray]) -> float:
        pairs = zip(self._layouts, map(detect_demo, pictures), strict=True)
        return fmean(score_layouts([asked], [found]).mean_iou for asked, found in pairs)

    def _pictures(self, shortcut: Approximation) -> list[np.ndarray]:
        """h w 3, 0..1"""
        return [self._picture(layout, n, shortcut) for n, layout in enumerate(self._layouts)]

    def _picture(self, layout: Any, seed: int, shortcut: Approximation) -> np.ndarray:
        pack, nodes = self._room.pack, self._room.host("nodes")
        encode = nodes.CLIPTextEncode().encode
        grounded = pack("nodes.apply").ApplyGligen.execute(
            self._model,
            encode(self._clip, layout.prompt)[0],
            encode(self._clip, "")[0],
            pack("nodes.ground").Ground.execute(self._gligen, self._clip, layout)[0],
            pack("gligen_core.gate.schedule").GateSchedule.phases(1.0, 0.0, 0.0),
            **shortcut.inputs(self._room.host),
        )
        cells = layout.height // CELL_PX, layout.width // CELL_PX
        latent = {"samples": torch.zeros(1, LATENT_CHANNELS, *cells)}
        model, positive, negative = grounded.result
        (done,) = nodes.common_ksampler(
            model, seed, STEPS, GUIDANCE, "euler", "normal", positive, negative, latent
        )
        (picture,) = nodes.VAEDecode().decode(self._vae, done)
        return picture[0].double().cpu().numpy()


def psnr_db(picture: np.ndarray, exact: np.ndarray) -> float:
    """Peak signal to noise of values from 0 to 1, at most MOST_DB."""
    error = float(np.mean((picture - exact) ** 2))
    return MOST_DB if error == 0 else min(MOST_DB, -10 * math.log10(error))


def measure_loop(address: str, count: int = 12, tries: int = 4) -> LoopWorth:
    """`count` hard layouts, up to `tries` pictures of each, with the closed loop and without."""
    client, template = ApiClient(address), _read("demo_text_box")

    @functools.cache  # the host shows nothing for a prompt that it has just made
    def generate(layout: Layout, now: Settings) -> PixelArray:
        size, gate = picture_size_px(layout.width, layout.height), (now.on, 0.0, 1 - now.on)
        prompt = adapt(
            template, dump_layout(layout), layout.prompt, size, now.seed, gate, now.strength
        )
        return pixels_of(client.picture(prompt))

    return loop_worth(
        hard_layouts(count, LOOP_SEED, demo_phrases()), FIRST, generate, detect_demo, tries
    )


def measure_motion(address: str) -> dict[str, Any]:
    """The score of the animated batch, with `mean_iou_of_frames`."""
    prompt = _read("demo_animate")
    (score,) = (id_ for id_, node in prompt.items() if node["class_type"] == "GLIGEN_ScoreLayout")
    return json.loads(ApiClient(address).run(prompt)[score]["text"][0])


def _read(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def demo_phrases() -> list[list[str]]:
    """Phrases of the demo's things, a row for each colour."""
    return [[phrase(c, s) for s in range(len(SHAPES))] for c in range(len(COLOURS))]
