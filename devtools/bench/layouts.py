"""What layouts are worth on the demo model, in a running ComfyUI: the closed loop, and motion."""

from __future__ import annotations

import copy
import functools
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from gligen_core.demo.shapes import COLOURS, SHAPES
from gligen_core.demo.vocabulary import phrase
from gligen_core.evaluation.closed_loop import LoopWorth, loop_worth
from gligen_core.evaluation.layouts import hard_layouts
from gligen_core.evaluation.next_try import Try
from gligen_core.layout import Layout, dump_layout, parse_layout

from ..console import DevError
from ..pins import CHECKOUT
from ..workflow import picture_size_px

EXAMPLES = CHECKOUT / "example_workflows" / "api"
SEED = 20241  # of the layouts; not the one that `dev.py demo` is scored with
FIRST = Try(seed=1, on=0.3, strength=1.0)  # official phases
PATIENCE_SECONDS = 600  # for one picture
POLL_SECONDS = 0.2

Prompt = dict[str, Any]

# Of demo_score.json and demo_animate.json: which node is which.
LAYOUT, POSITIVE, GATE, APPLY, LATENT, SAMPLER, FOUND = "3", "4", "7", "8", "9", "10", "12"
EXPORT = "export"
MOTION_SCORE = "16"


def measure_loop(address: str, count: int = 12, tries: int = 4) -> LoopWorth:
    """`count` hard layouts, up to `tries` pictures of each, with the closed loop and without."""
    phrases = [
        [phrase(colour, shape) for shape in range(len(SHAPES))] for colour in range(len(COLOURS))
    ]
    template = _read("demo_score")
    for shown in ("13", "14"):  # scored here, and not drawn
        del template[shown]

    @functools.cache  # the host shows nothing for a prompt that it has just made
    def make(layout: Layout, now: Try) -> Layout:
        outputs = run_prompt(address, _prompt(template, layout, now))
        return parse_layout(outputs[EXPORT]["text"][0], "Find Shapes")

    return loop_worth(hard_layouts(count, SEED, phrases), FIRST, make, tries)


def measure_motion(address: str) -> dict[str, Any]:
    """The score of the animated batch, with `mean_iou_of_frames`."""
    outputs = run_prompt(address, _read("demo_animate"))
    return json.loads(outputs[MOTION_SCORE]["text"][0])


def _prompt(template: Mapping[str, Any], layout: Layout, now: Try) -> Prompt:
    """A picture of the layout with the seed and gate of a try, and what was found in it."""
    prompt: Prompt = copy.deepcopy(dict(template))
    width, height = picture_size_px(layout.width, layout.height)
    prompt[LAYOUT]["inputs"]["layout"] = json.dumps(dump_layout(layout))
    prompt[POSITIVE]["inputs"]["text"] = layout.prompt
    prompt[GATE]["inputs"] |= {"preset": "custom", "on": now.on, "decay": 0.0, "off": 1 - now.on}
    prompt[APPLY]["inputs"]["strength"] = now.strength
    prompt[LATENT]["inputs"] |= {"width": width, "height": height}
    prompt[SAMPLER]["inputs"]["seed"] = now.seed
    prompt[EXPORT] = {
        "class_type": "GLIGEN_ExportLayout",
        "inputs": {"layout": [FOUND, 0], "format": "layout JSON", "filename_prefix": ""},
    }
    return prompt


def _read(name: str) -> Prompt:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def run_prompt(address: str, prompt: Prompt) -> dict[str, Any]:
    """What the nodes of a prompt showed; DevError says what went wrong."""
    prompt_id = _ask(f"{address}/prompt", {"prompt": prompt})["prompt_id"]
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        history = _ask(f"{address}/history/{prompt_id}").get(prompt_id)
        if history is not None:
            messages = dict(history["status"]["messages"])
            if "execution_error" in messages:
                error = messages["execution_error"]
                raise DevError(f"{error['node_type']} failed: {error['exception_message'].strip()}")
            return history["outputs"]
        time.sleep(POLL_SECONDS)
    raise DevError(f"a picture took longer than {PATIENCE_SECONDS} s.")


def _ask(url: str, body: Prompt | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    # A proxy of the environment is not asked for this machine's own address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise DevError(f"ComfyUI refused the workflow. {refusal.read().decode()}") from refusal
