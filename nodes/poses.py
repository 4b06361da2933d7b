"""Node of the pose canvas: people, joint by joint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.layout import (
    Layout,
    Layouts,
    LayoutSequence,
    frames_of,
    parse_layout,
    still_or_sequence,
)
from ..gligen_core.layout.people import within_canvas
from ..gligen_core.modalities.keypoint import MAX_PEOPLE
from ..host.canvas import beneath, drawn_on
from ..host.layouts import (
    edited,
    joined,
    layout_input,
    picture_of,
    poses_input,
    read_layouts,
    read_poses,
)
from ..host.validation import verdict
from ..host.wires import MENU, LayoutWire

CANVAS = "GLIGEN_POSES_CANVAS"
EXAMPLE = '{"version": 1, "width": 512, "height": 512, "entities": [], "poses": []}'


class Poses(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Poses",
            display_name="GLIGEN Poses",
            category=f"{MENU}/layout",
            description=(
                "Places up to 8 people joint by joint, for GLIGEN's keypoint model: 17 joints "
                "each, in COCO's order. People found in a picture can be wired in and adopted."
            ),
            inputs=[
                drawn_on(
                    CANVAS,
                    io.String.Input(
                        "poses",
                        multiline=True,
                        default=EXAMPLE,
                        tooltip="Drag to draw a person, or press +; drag a joint to bend one.",
                    ),
                ),
                layout_input(
                    "append_to",
                    "A layout whose people and entities come first; its canvas is used.",
                    optional=True,
                ),
                poses_input(
                    "pose_keypoint",
                    "People found by a pose detector. Adopt them on the canvas; while it is empty, "
                    "they are used as they are.",
                    optional=True,
                ),
                io.Image.Input(
                    "background",
                    optional=True,
                    tooltip="A picture to trace, shown beneath the people in the editor only.",
                ),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout_out", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                )
            ],
        )

    @classmethod
    def validate_inputs(cls, poses: str | None = None) -> bool | str:
        return poses is None or verdict(lambda: _limited(parse_layout(poses, "GLIGEN_Poses")))

    @classmethod
    def execute(
        cls,
        poses: str,
        append_to: Any = None,
        pose_keypoint: Any = None,
        background: Tensor | None = None,
    ) -> io.NodeOutput:
        drawn = parse_layout(poses, "GLIGEN_Poses")
        found = None
        if pose_keypoint is not None:
            found = read_poses(
                pose_keypoint, picture_of(background), "GLIGEN_Poses, `pose_keypoint`"
            )
        whole = _stand_in(drawn, found) if found and not drawn.poses else drawn
        if append_to is not None:
            whole = joined(read_layouts(append_to, "GLIGEN_Poses, `append_to`"), whole)
        for layout in frames_of(whole):
            _limited(layout)
        shown = beneath(cls, background, found and found.layouts[0])
        return io.NodeOutput(edited(whole, within_canvas), ui=shown)


def _stand_in(drawn: Layout, found: LayoutSequence) -> Layouts:
    """Layouts of the found people, frame by frame, on the editor's canvas."""
    return still_or_sequence(replace(drawn, poses=frame.poses) for frame in found.layouts)


def _limited(layout: Layout) -> Layout:
    excess = len(layout.poses) - MAX_PEOPLE
    if excess <= 0:
        return layout
    raise GligenError(
        f"GLIGEN_Poses: {len(layout.poses)} people; GLIGEN's keypoint model takes {MAX_PEOPLE}. "
        f"Remove {excess}, or adopt on the canvas only those of the wired ones that you want."
    )
