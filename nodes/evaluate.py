"""Nodes that measure pictures: a detector for the demo, the score of a layout, retry settings."""

from __future__ import annotations

import json
from typing import Any

from comfy_api.latest import io, ui
from torch import Tensor

from ..gligen_core.demo.shapes import COLOURS
from ..gligen_core.draw import draw_layout
from ..gligen_core.evaluation.finding import find_shapes
from ..gligen_core.evaluation.retry import MAX_SEED, RetryPolicy, Settings, retry
from ..gligen_core.evaluation.score import LayoutScore, score_layouts
from ..gligen_core.layout import Layout, frames_of, still_or_sequence
from ..gligen_core.modalities.text_box import TEXT_BOX
from ..host.display import text_on
from ..host.layouts import (
    NOT_SET,
    ORDERS,
    boxes_input,
    canvas_of,
    layout_input,
    order_input,
    picture_of,
    read_boxes,
    read_layouts,
)
from ..host.pictures import to_images, to_pictures
from ..host.validation import verdict_of_choices
from ..host.wires import MENU, GateWire, LayoutWire

TOOLS = f"{MENU}/tools"
DEFAULT_ON = TEXT_BOX.phases.on  # what Apply GLIGEN does with boxes where no gate is wired


class FindShapes(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_FindShapes",
            display_name="Detect Demo Things (GLIGEN)",
            category=TOOLS,
            description=(
                "A detector for the demo model's pictures: the boxes of coloured shapes, called by "
                "their colour. Other pictures need a real detector, such as RT-DETR, SAM or "
                "Florence-2."
            ),
            inputs=[io.Image.Input("image", tooltip="A picture of the demo model, or a batch.")],
            outputs=[
                LayoutWire.Output(
                    "found",
                    display_name="layout",
                    tooltip="What was found, for Score Layout (GLIGEN).",
                )
            ],
        )

    @classmethod
    def execute(cls, image: Tensor) -> io.NodeOutput:
        pictures = image[..., :3].detach().cpu().numpy()
        return io.NodeOutput(still_or_sequence(find_shapes(each, COLOURS) for each in pictures))


class ScoreLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_ScoreLayout",
            display_name="Score Layout (GLIGEN)",
            category=TOOLS,
            description=(
                "Compares what was asked for with what a detector found: IoU of each thing, label, "
                "success at an IoU of 0.5, average precision as COCO counts it. Draws both."
            ),
            inputs=[
                layout_input(
                    "layout", "What was asked for; one, or one for each picture.", has_picture=True
                ),
                boxes_input("detections", "What was found: boxes of any kind, or their JSON."),
                order_input(),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The picture that was looked at: gives the size of detections in "
                    "pixels, and is drawn on.",
                ),
            ],
            outputs=[
                io.Float.Output(
                    "mean_iou",
                    display_name="mean_iou",
                    tooltip="Overlap of asked and found boxes, 0 to 1, mean over all things.",
                ),
                io.Float.Output(
                    "success",
                    display_name="success",
                    tooltip="Share of things with the right label and an IoU of 0.5 or more.",
                ),
                io.Float.Output(
                    "ap", display_name="ap", tooltip="COCO's average precision, 0 to 1."
                ),
                io.String.Output("json", display_name="json", tooltip="All of it, as JSON."),
                io.Image.Output(
                    "overlay",
                    display_name="overlay",
                    tooltip="Asked boxes drawn solid, found ones dashed.",
                ),
            ],
            is_output_node=True,
            hidden=[io.Hidden.prompt, io.Hidden.extra_pnginfo],
        )

    @classmethod
    def validate_inputs(cls, order: str | None = None) -> bool | str:
        return verdict_of_choices(("order", order, ORDERS))

    @classmethod
    def execute(
        cls, layout: Any, detections: Any, order: str = NOT_SET, image: Tensor | None = None
    ) -> io.NodeOutput:
        asked = frames_of(read_layouts(layout, "GLIGEN_ScoreLayout", picture_of(image)))
        canvas = canvas_of(image, asked[0].width, asked[0].height)
        found = frames_of(read_boxes(detections, canvas, order, "GLIGEN_ScoreLayout"))
        if len(asked) == 1:
            asked *= len(found)  # one layout for a whole batch
        score = score_layouts(asked, found)
        overlay = _overlay(asked, score, image)
        text = json.dumps(score.to_json())
        shown = ui.PreviewImage(overlay, cls=cls).as_dict() | {"text": (text,)}
        return io.NodeOutput(
            score.mean_iou, score.success, score.precision.mean, text, overlay, ui=shown
        )


class NextTry(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_NextTry",
            display_name="GLIGEN Retry Settings",
            category=TOOLS,
            description=(
                "Closes the loop: from the success of a try to the seed and gate of the next. "
                "Where things missed their boxes the gate opens longer and wider, by as much as "
                "was missed; where the goal is reached nothing changes."
            ),
            inputs=[
                io.Float.Input(
                    "success",
                    default=0.0,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    round=False,
                    tooltip="Share of things in their boxes, from Score Layout (GLIGEN) (0 to 1).",
                ),
                io.Int.Input(
                    "last_seed",
                    default=0,
                    min=0,
                    max=MAX_SEED,
                    tooltip="What the last try was sampled with (0 to 2^64 - 1).",
                ),
                _share(
                    "last_on", DEFAULT_ON, "Share of the steps with the gate open in the last try"
                ),
                io.Float.Input(
                    "last_strength",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    tooltip="Strength of the last try (0 to 2).",
                ),
                _share("goal", 1.0, "Success that is enough"),
                _share("longer", 0.3, "Added to the open share where all was missed"),
                _share("stronger", 0.2, "Added to the strength where all was missed"),
            ],
            outputs=[
                io.Int.Output("seed", display_name="seed", tooltip="For the sampler."),
                GateWire.Output("gate", display_name="gate", tooltip="For Apply GLIGEN."),
                io.Float.Output(
                    "strength", display_name="strength", tooltip="For Apply GLIGEN (0 to 2)."
                ),
                io.Float.Output(
                    "on",
                    display_name="on",
                    tooltip="Share of the steps with the gate open (0 to 1).",
                ),
                io.Boolean.Output(
                    "done", display_name="done", tooltip="Whether the last try reached the goal."
                ),
            ],
            is_output_node=True,
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(
        cls,
        success: float,
        last_seed: int,
        last_on: float,
        last_strength: float,
        goal: float,
        longer: float,
        stronger: float,
    ) -> io.NodeOutput:
        last = Settings(last_seed, last_on, last_strength)
        then, done = retry(last, success, RetryPolicy(longer, stronger, goal))
        values = {"seed": then.seed, "on": then.on, "strength": then.strength, "done": done}
        return io.NodeOutput(
            then.seed,
            then.gate,
            then.strength,
            then.on,
            done,
            ui=text_on(cls, json.dumps(values)),
        )


def _overlay(asked: tuple[Layout, ...], score: LayoutScore, image: Tensor | None) -> Tensor:
    """Each picture (b h w 3) with what was asked for and what answers to it."""
    pictures = to_pictures(image) if image is not None else [None]
    drawn = [
        draw_layout(
            layout, pictures[min(n, len(pictures) - 1)], [each.found for each in score.frames[n]]
        )
        for n, layout in enumerate(asked)
    ]
    return to_images(drawn)


def _share(name: str, default: float, meaning: str) -> io.Float.Input:
    return io.Float.Input(
        name,
        default=default,
        min=0.0,
        max=1.0,
        step=0.05,
        round=False,
        tooltip=f"{meaning} (0 to 1).",
    )
