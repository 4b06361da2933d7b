"""Worth of layouts on the demo model, in a running ComfyUI: the closed loop, and motion."""

from __future__ import annotations

import functools
import json
from typing import Any

from gligen_core.demo.shapes import COLOURS, SHAPES
from gligen_core.demo.vocabulary import phrase
from gligen_core.evaluation.closed_loop import LoopWorth, loop_worth
from gligen_core.evaluation.layout_sets import hard_layouts
from gligen_core.evaluation.retry import Settings
from gligen_core.evaluation.score import PixelArray
from gligen_core.layout import Layout, dump_layout

from ..api_client import ApiClient
from ..pins import CHECKOUT
from ..results import detect_demo, pixels_of
from ..workflow import adapt, picture_size_px

EXAMPLES = CHECKOUT / "example_workflows" / "api"
SEED = 20241  # of the layouts; not the one that `dev.py demo` is scored with
FIRST = Settings(seed=1, on=0.3, strength=1.0)  # official phases


def measure_loop(address: str, count: int = 12, tries: int = 4) -> LoopWorth:
    """`count` hard layouts, up to `tries` pictures of each, with the closed loop and without."""
    phrases = [
        [phrase(colour, shape) for shape in range(len(SHAPES))] for colour in range(len(COLOURS))
    ]
    client, template = ApiClient(address), _read("demo_text_box")

    @functools.cache  # the host shows nothing for a prompt that it has just made
    def generate(layout: Layout, now: Settings) -> PixelArray:
        size, gate = picture_size_px(layout.width, layout.height), (now.on, 0.0, 1 - now.on)
        prompt = adapt(
            template, dump_layout(layout), layout.prompt, size, now.seed, gate, now.strength
        )
        return pixels_of(client.picture(prompt))

    return loop_worth(hard_layouts(count, SEED, phrases), FIRST, generate, detect_demo, tries)


def measure_motion(address: str) -> dict[str, Any]:
    """The score of the animated batch, with `mean_iou_of_frames`."""
    prompt = _read("demo_animate")
    (score,) = (id_ for id_, node in prompt.items() if node["class_type"] == "GLIGEN_ScoreLayout")
    return json.loads(ApiClient(address).run(prompt)[score]["text"][0])


def _read(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
