"""Node of the speed-ups: less work in the fusers, for a small error in the picture."""

from __future__ import annotations

from comfy_api.latest import io

from ..gligen_core.engine.approximations import MAX_REUSE, Shortcuts
from ..host.wires import MENU, ShortcutsWire


class GligenShortcuts(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Shortcuts",
            display_name="GLIGEN Speed-Ups",
            category=f"{MENU}/tools",
            description=(
                "Makes grounding faster for a small error in the picture. As it comes, nothing is "
                "left out. How large the errors are and how much time is saved: docs/bench.md."
            ),
            inputs=[
                io.Int.Input(
                    "reuse",
                    default=1,
                    min=1,
                    max=MAX_REUSE,
                    tooltip="What the GLIGEN adds is computed at every second step, and towards "
                    "the end at one of so many; the steps between take it over. 2 halves its time "
                    f"(1 to {MAX_REUSE} steps; 1: exact).",
                ),
                io.Boolean.Input(
                    "merge",
                    default=False,
                    tooltip="At the two largest resolutions the GLIGEN looks at the picture in "
                    "cells of 2 x 2: a third less of its time.",
                ),
                io.Float.Input(
                    "skip_below",
                    default=0.0,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    round=False,
                    tooltip="Leaves out the blocks of the GLIGEN that are weaker than this share "
                    "of its strongest (0 to 1; 0: none is left out).",
                ),
            ],
            outputs=[
                ShortcutsWire.Output(
                    "shortcuts", display_name="shortcuts", tooltip="For Apply GLIGEN."
                )
            ],
        )

    @classmethod
    def execute(cls, reuse: int, merge: bool, skip_below: float) -> io.NodeOutput:
        return io.NodeOutput(Shortcuts(reuse, merge, skip_below))
