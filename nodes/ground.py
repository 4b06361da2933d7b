"""Ground: a layout as read by one GLIGEN."""

from __future__ import annotations

from typing import Any, get_args

from comfy_api.latest import io

from ..gligen_core.errors import GligenError
from ..gligen_core.layout import Layout, Overflow
from .host.files import LoadedGligen
from .host.text_box import ground_text_boxes
from .host.validation import verdict_of_choices
from .wires import MENU, GligenModelWire, GroundingWire, LayoutWire

OVERFLOWS = get_args(Overflow)


class Ground(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Ground",
            display_name="Ground",
            category=MENU,
            description=(
                "Reads a layout for a GLIGEN: its phrases go through CLIP. What else is needed "
                "depends on the GLIGEN; a missing input is named."
            ),
            inputs=[
                GligenModelWire.Input("gligen", tooltip="From Load GLIGEN."),
                io.Clip.Input(
                    "clip",
                    optional=True,
                    tooltip="Reads the phrases: the CLIP of the checkpoint (SD1.x: 768 features).",
                ),
                LayoutWire.Input(
                    "layout",
                    optional=True,
                    tooltip="What goes where, from Layout or Box (up to 30 boxes).",
                ),
                io.Combo.Input(
                    "overflow",
                    options=list(OVERFLOWS),
                    default="error",
                    tooltip="For more boxes than the GLIGEN takes (30): stop with an error, or "
                    "keep those of the largest area.",
                ),
            ],
            outputs=[
                GroundingWire.Output(
                    "grounding", display_name="grounding", tooltip="For Apply GLIGEN."
                )
            ],
        )

    @classmethod
    def validate_inputs(cls, overflow: str | None = None) -> bool | str:
        return verdict_of_choices(("overflow", overflow, OVERFLOWS))

    @classmethod
    def execute(
        cls,
        gligen: LoadedGligen,
        clip: Any = None,
        layout: Layout | None = None,
        overflow: Overflow = "error",
    ) -> io.NodeOutput:
        if layout is None:
            raise GligenError(
                f"Ground: {gligen.name} needs a layout, but 'layout' is not connected. "
                "Wire it to a Layout or Box node."
            )
        return io.NodeOutput(ground_text_boxes(gligen, clip, layout, overflow))
