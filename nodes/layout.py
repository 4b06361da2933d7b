"""Nodes that hold a layout: the canvas of boxes, and a single box in numbers."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.geometry import Box
from ..gligen_core.layout import Entity, Layout, frames_of, parse_layout
from ..gligen_core.layout.prompts import append_grounding
from ..host.canvas import beneath, drawn_on
from ..host.display import text_on
from ..host.layouts import (
    NOT_SET,
    boxes_input,
    canvas_of,
    joined,
    layout_input,
    read_boxes,
    read_layouts,
)
from ..host.validation import verdict
from ..host.wires import MENU, LayoutWire

EXAMPLE = '{"version": 1, "width": 512, "height": 512, "entities": [], "poses": []}'


class LayoutText(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Layout",
            display_name="GLIGEN Layout (boxes)",
            category=MENU,
            description=(
                "Draw what goes where: drag a box on the canvas and name it. The value is JSON: "
                "each entity has a text and a box [x0, y0, x1, y1] in fractions of the canvas, "
                "origin at the top left."
            ),
            inputs=[
                drawn_on(
                    "GLIGEN_LAYOUT_CANVAS",
                    io.String.Input(
                        "layout",
                        multiline=True,
                        default=EXAMPLE,
                        tooltip="Drag to draw a box, then name it.",
                    ),
                ),
                layout_input(
                    "append_to",
                    "A layout whose entities come first (0 or more); its canvas is used.",
                    optional=True,
                ),
                io.Image.Input(
                    "background",
                    optional=True,
                    tooltip="Shown beneath the boxes while drawing (the first picture of a batch); "
                    "it changes nothing in the output.",
                ),
                boxes_input(
                    "detections",
                    "Boxes shown as ghosts (0 or more): click one to adopt it. Only adopted ones "
                    "are in the output. Pixels are those of the background, else of the canvas.",
                    optional=True,
                    has_order=False,
                ),
                io.String.Input(
                    "caption",
                    optional=True,
                    force_input=True,
                    tooltip="What the whole picture shows: it comes first in the prompt, and the "
                    "phrases that are not in it follow.",
                ),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout_out", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                ),
                io.Int.Output("width", display_name="width", tooltip="Of the canvas, in pixels."),
                io.Int.Output("height", display_name="height", tooltip="Of the canvas, in pixels."),
                io.String.Output(
                    "prompt",
                    display_name="prompt",
                    tooltip="The caption, and the phrases that are not in it, with semicolons: for "
                    "CLIP Text Encode.",
                ),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(cls, layout: str | None = None) -> bool | str:
        return layout is None or verdict(lambda: parse_layout(layout, "GLIGEN_Layout"))

    @classmethod
    def execute(
        cls,
        layout: str,
        append_to: Any = None,
        background: Tensor | None = None,
        detections: Any = None,
        caption: str = "",
    ) -> io.NodeOutput:
        warnings: list[str] = []
        drawn = parse_layout(layout, "GLIGEN_Layout", warnings)
        found = None
        if detections is not None:
            canvas = canvas_of(background, drawn.width, drawn.height)
            found = read_boxes(detections, canvas, NOT_SET, "GLIGEN_Layout, `detections`", warnings)
        whole = drawn
        if append_to is not None:
            whole = joined(read_layouts(append_to, "GLIGEN_Layout, `append_to`"), drawn)
        shown = text_on(cls, "\n".join(warnings)).as_dict()
        shown |= beneath(cls, background, found and frames_of(found)[0])
        prompt = append_grounding(caption, frames_of(whole)[0])
        return io.NodeOutput(whole, whole.width, whole.height, prompt, ui=shown)


class LayoutBox(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Box",
            display_name="GLIGEN Box",
            category=f"{MENU}/layout",
            description="Adds one named box, given in numbers, to a layout. Boxes chain.",
            inputs=[
                io.String.Input(
                    "text",
                    default="a red ball",
                    dynamic_prompts=True,
                    tooltip="What goes there: a short phrase, not empty. Choices in braces "
                    "are made as in prompts.",
                ),
                _edge("x0", "Left edge", 0.1),
                _edge("y0", "Top edge", 0.1),
                _edge("x1", "Right edge", 0.5),
                _edge("y1", "Bottom edge", 0.5),
                io.Float.Input(
                    "strength",
                    default=1.0,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="How much this box counts: 1 fully, 0 as if it were absent (0 to 1).",
                ),
                layout_input(
                    "layout",
                    "A layout to add to (0 or more boxes); its canvas is kept.",
                    optional=True,
                ),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout_out", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                )
            ],
        )

    @classmethod
    def validate_inputs(
        cls,
        text: str | None = None,
        x0: float | None = None,
        y0: float | None = None,
        x1: float | None = None,
        y1: float | None = None,
    ) -> bool | str:
        if text is not None and not text.strip():
            return "GLIGEN_Box: `text` is empty. Name what goes there."
        edges = {"x0": x0, "y0": y0, "x1": x1, "y1": y1}
        for name, edge in edges.items():
            if edge is not None and not 0 <= edge <= 1:
                return (
                    f"GLIGEN_Box: `{name}` is {edge:g}; expected a fraction of the canvas, 0 to 1."
                )
        for low, high in (("x0", "x1"), ("y0", "y1")):
            first, second = edges[low], edges[high]
            if first is not None and second is not None and first >= second:
                return (
                    f"GLIGEN_Box: `{low}` is {first:g} and `{high}` is {second:g}; "
                    f"expected `{low}` < `{high}`. Swap or move the two."
                )
        return True

    @classmethod
    def execute(
        cls,
        text: str,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        strength: float,
        layout: Any = None,
    ) -> io.NodeOutput:
        problem = cls.validate_inputs(text, x0, y0, x1, y1)  # linked values come only now
        if problem is not True:
            raise GligenError(str(problem))
        entity = Entity(id="", box=Box(x0, y0, x1, y1), text=text, strength=strength)
        there = Layout() if layout is None else read_layouts(layout, "GLIGEN_Box")
        return io.NodeOutput(joined(there, Layout(entities=(entity,))))


def _edge(name: str, title: str, default: float) -> io.Float.Input:
    return io.Float.Input(
        name,
        default=default,
        min=0.0,
        max=1.0,
        step=0.01,
        round=False,
        tooltip=f"{title}, as a fraction of the canvas from its top left corner (0 to 1).",
    )
