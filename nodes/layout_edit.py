"""Nodes that edit layouts: merge, mirror, crop, fit, scale, sort."""

from __future__ import annotations

from functools import reduce
from typing import Any

from comfy_api.latest import io

from ..gligen_core.geometry import Box
from ..gligen_core.layout.edits import (
    ABOUTS,
    AXES,
    FITS,
    ORDERS,
    About,
    Axis,
    Fit,
    Order,
    crop,
    fit,
    flip,
    keep,
    scale,
    sort,
)
from ..host.layouts import edited, joined, layout_input, read_layouts, side_input
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU, LayoutWire

LAYOUT_MENU = f"{MENU}/layout"


class MergeLayouts(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_MergeLayouts",
            display_name="Merge Layouts (GLIGEN)",
            category=LAYOUT_MENU,
            description=(
                "Puts the things of several layouts on one canvas, the first one's. Layouts of "
                "several frames merge frame by frame; a still one goes to every frame."
            ),
            inputs=[
                layout_input("layout_1", "Its canvas is kept, and its things come first."),
                layout_input("layout_2", "Its things come next."),
                layout_input("layout_3", "Its things come next.", optional=True),
                layout_input("layout_4", "Its things come last.", optional=True),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def execute(
        cls, layout_1: Any, layout_2: Any, layout_3: Any = None, layout_4: Any = None
    ) -> io.NodeOutput:
        given = [each for each in (layout_1, layout_2, layout_3, layout_4) if each is not None]
        first, *others = (read_layouts(each, "GLIGEN_MergeLayouts") for each in given)
        return io.NodeOutput(reduce(joined, others, first))


class FlipLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_FlipLayout",
            display_name="Flip Layout (GLIGEN)",
            category=LAYOUT_MENU,
            description="Mirrors boxes and poses, with left and right hands. Words stay the same.",
            inputs=[
                layout_input("layout", "What to mirror."),
                io.Combo.Input(
                    "axis",
                    options=list(AXES),
                    default="horizontal",
                    tooltip="'horizontal' swaps left and right, 'vertical' top and bottom.",
                ),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def validate_inputs(cls, axis: str | None = None) -> bool | str:
        return verdict_of_choices(("axis", axis, AXES))

    @classmethod
    def execute(cls, layout: Any, axis: Axis) -> io.NodeOutput:
        return io.NodeOutput(
            edited(read_layouts(layout, "GLIGEN_FlipLayout"), lambda x: flip(x, axis))
        )


class CropLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_CropLayout",
            display_name="Crop Layout (GLIGEN)",
            category=LAYOUT_MENU,
            description=(
                "Makes a region the whole canvas, as for a second pass on a part of a picture. "
                "What lies outside is dropped, what reaches over the edge is cut."
            ),
            inputs=[
                layout_input("layout", "What to crop."),
                _edge("x0", "Left edge", 0.0),
                _edge("y0", "Top edge", 0.0),
                _edge("x1", "Right edge", 1.0),
                _edge("y1", "Bottom edge", 1.0),
                io.Float.Input(
                    "least_share",
                    default=0.2,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="A thing stays if more than this share of it does (0 to 1).",
                ),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def validate_inputs(
        cls,
        x0: float | None = None,
        y0: float | None = None,
        x1: float | None = None,
        y1: float | None = None,
    ) -> bool | str:
        if x0 is None or y0 is None or x1 is None or y1 is None:
            return True  # linked: seen in the run
        return verdict(lambda: Box(x0, y0, x1, y1))

    @classmethod
    def execute(
        cls, layout: Any, x0: float, y0: float, x1: float, y1: float, least_share: float
    ) -> io.NodeOutput:
        layouts, region = read_layouts(layout, "GLIGEN_CropLayout"), Box(x0, y0, x1, y1)
        return io.NodeOutput(edited(layouts, lambda each: crop(each, region, least_share)))


class FitLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_FitLayout",
            display_name="Fit Layout (GLIGEN)",
            category=LAYOUT_MENU,
            description="Moves a layout to a canvas of another size or shape, centred.",
            inputs=[
                layout_input("layout", "What to fit."),
                side_input("width", "Of the new canvas, in pixels; 0 keeps it.", least=0),
                side_input("height", "Of the new canvas, in pixels; 0 keeps it.", least=0),
                io.Combo.Input(
                    "how",
                    options=list(FITS),
                    default="cover",
                    tooltip="'cover' keeps proportions and loses edges, 'contain' keeps "
                    "proportions and everything, 'stretch' keeps everything.",
                ),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def validate_inputs(cls, how: str | None = None) -> bool | str:
        return verdict_of_choices(("how", how, FITS))

    @classmethod
    def execute(cls, layout: Any, width: int, height: int, how: Fit) -> io.NodeOutput:
        layouts = read_layouts(layout, "GLIGEN_FitLayout")
        return io.NodeOutput(
            edited(layouts, lambda each: fit(each, width or each.width, height or each.height, how))
        )


class ScaleLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_ScaleLayout",
            display_name="Scale Layout (GLIGEN)",
            category=LAYOUT_MENU,
            description="Makes boxes and poses larger or smaller; the canvas stays as it is.",
            inputs=[
                layout_input("layout", "What to scale."),
                io.Float.Input(
                    "factor",
                    default=1.0,
                    min=0.05,
                    max=20.0,
                    step=0.05,
                    tooltip="How much larger: 2 doubles each side, 0.5 halves it (0.05 to 20).",
                ),
                io.Combo.Input(
                    "about",
                    options=list(ABOUTS),
                    default="each box",
                    tooltip="Each about its own centre, or all of it about the canvas's.",
                ),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def validate_inputs(cls, about: str | None = None) -> bool | str:
        return verdict_of_choices(("about", about, ABOUTS))

    @classmethod
    def execute(cls, layout: Any, factor: float, about: About) -> io.NodeOutput:
        layouts = read_layouts(layout, "GLIGEN_ScaleLayout")
        return io.NodeOutput(edited(layouts, lambda each: scale(each, factor, about)))


class SortLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_SortLayout",
            display_name="Sort Layout (GLIGEN)",
            category=LAYOUT_MENU,
            description=(
                "Puts things in order and keeps the first ones, such as the largest or the surest. "
                "A GLIGEN takes 30 boxes."
            ),
            inputs=[
                layout_input("layout", "What to sort."),
                io.Combo.Input(
                    "by",
                    options=list(ORDERS),
                    default="area",
                    tooltip="Area, place, strength, a detector's score, or phrase.",
                ),
                io.Boolean.Input(
                    "descending",
                    default=True,
                    tooltip="The largest, strongest, surest or last first.",
                ),
                io.Int.Input(
                    "limit",
                    default=0,
                    min=0,
                    max=10000,
                    tooltip="How many to keep (0 to 10000; 0 for all). Kept are the largest, "
                    "strongest or surest, or those whose place or phrase comes first.",
                ),
            ],
            outputs=[_layout_output()],
        )

    @classmethod
    def validate_inputs(cls, by: str | None = None) -> bool | str:
        return verdict_of_choices(("by", by, ORDERS))

    @classmethod
    def execute(cls, layout: Any, by: Order, descending: bool, limit: int) -> io.NodeOutput:
        layouts = read_layouts(layout, "GLIGEN_SortLayout")
        if limit:
            layouts = edited(layouts, lambda each: keep(each, limit, by))
        return io.NodeOutput(edited(layouts, lambda each: sort(each, by, descending)))


def _layout_output() -> io.Output:
    return LayoutWire.Output(
        "layout_out", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
    )


def _edge(name: str, title: str, default: float) -> io.Float.Input:
    return io.Float.Input(
        name,
        default=default,
        min=-1.0,
        max=2.0,
        step=0.01,
        round=False,
        tooltip=f"{title} of the region, as a fraction of the canvas; beyond 0 to 1 the canvas "
        "grows (-1 to 2).",
    )
