"""Node that animates a layout: keyframes in, a layout for each frame out."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io

from ..gligen_core.errors import GligenError
from ..gligen_core.layout import Layout, LayoutSequence, frames_of
from ..gligen_core.layout.animate import (
    CHANGES,
    EASINGS,
    Change,
    Easing,
    Keyframe,
    animate,
    evenly,
)
from ..gligen_core.layout.matching import match_ids
from ..host.layouts import layout_input, read_layouts
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU, LayoutWire

NODE = "GLIGEN_AnimateLayout"
MATCHES = ("ids", "phrases and overlap")


class AnimateLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_AnimateLayout",
            display_name="Animate Layout (GLIGEN)",
            category=f"{MENU}/layout",
            description=(
                "Moves things from keyframe to keyframe: a layout for each frame, so that each "
                "picture of a batch has boxes of its own. Set the latent's batch size to the "
                "number of frames."
            ),
            inputs=[
                layout_input("keyframe_1", "Where things are at first; or all keyframes at once."),
                layout_input("keyframe_2", "Where they go next.", optional=True),
                layout_input("keyframe_3", "Where they go next.", optional=True),
                layout_input("keyframe_4", "Where they go last.", optional=True),
                io.Int.Input(
                    "frames",
                    default=8,
                    min=1,
                    max=10000,
                    tooltip="How many, first and last keyframe included (1 to 10000).",
                ),
                io.Combo.Input(
                    "easing",
                    options=list(EASINGS),
                    default="linear",
                    tooltip="Even speed, slow at the start, at the end or at both, or no motion "
                    "until the next keyframe.",
                ),
                io.Combo.Input(
                    "change",
                    options=list(CHANGES),
                    default="cut",
                    tooltip="How things that one of two keyframes lacks come and go: at the later "
                    "keyframe, or by their strength on the way there.",
                ),
                io.Combo.Input(
                    "match",
                    options=list(MATCHES),
                    default=MATCHES[0],
                    tooltip="Which thing is which: by ids, or by phrase and overlap.",
                ),
                io.String.Input(
                    "times",
                    default="",
                    tooltip="When the keyframes are, 0 (first frame) to 1 (last), with commas: "
                    "0, 0.25, 1. Empty: at even distances.",
                ),
            ],
            outputs=[
                LayoutWire.Output(
                    "layouts",
                    display_name="layout",
                    tooltip="One for each frame, for Encode Grounding (GLIGEN).",
                ),
                io.Int.Output(
                    "frames_out", display_name="frames", tooltip="For the latent's batch size."
                ),
            ],
        )

    @classmethod
    def validate_inputs(
        cls,
        easing: str | None = None,
        change: str | None = None,
        match: str | None = None,
        times: str | None = None,
    ) -> bool | str:
        chosen = verdict_of_choices(
            ("easing", easing, EASINGS), ("change", change, CHANGES), ("match", match, MATCHES)
        )
        if chosen is not True or times is None:
            return chosen
        return verdict(lambda: _numbers(times))

    @classmethod
    def execute(
        cls,
        keyframe_1: Any,
        frames: int,
        easing: Easing,
        change: Change,
        match: str,
        times: str,
        keyframe_2: Any = None,
        keyframe_3: Any = None,
        keyframe_4: Any = None,
    ) -> io.NodeOutput:
        given = (keyframe_1, keyframe_2, keyframe_3, keyframe_4)
        layouts = [
            layout
            for each in given
            if each is not None
            for layout in frames_of(read_layouts(each, NODE))
        ]
        if match != MATCHES[0]:
            layouts = list(match_ids(LayoutSequence(tuple(layouts))).layouts)
        sequence = animate(_keyframes(layouts, times), frames, easing, change)
        return io.NodeOutput(sequence, frames)


def _keyframes(layouts: list[Layout], times: str) -> list[Keyframe]:
    numbers = _numbers(times)
    if not numbers:
        return evenly(layouts)
    if len(numbers) != len(layouts):
        raise GligenError(
            f"{NODE}: {len(numbers)} times for {len(layouts)} keyframes; expected one for each."
        )
    return [Keyframe(at, layout) for at, layout in zip(numbers, layouts, strict=True)]


def _numbers(times: str) -> list[float]:
    try:
        return [float(word) for word in times.split(",")] if times.strip() else []
    except ValueError as mistake:
        raise GligenError(
            f"{NODE}: `times` is {times!r}; expected numbers from 0 to 1 with commas, such as "
            "0, 0.5, 1."
        ) from mistake
