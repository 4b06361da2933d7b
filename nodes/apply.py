"""Nodes that join a grounding with MODEL and CONDITIONING: Apply GLIGEN, Ground Conditioning."""

from __future__ import annotations

from typing import Any, get_args

from comfy_api.latest import io

from ..gligen_core.engine.approximations import EXACT, Shortcuts
from ..gligen_core.engine.attachment import Attachment, Gate, NegativeGrounding, official_gate
from ..gligen_core.gate.schedule import GateSchedule
from ..host.grounding import Conditioning, Grounding, ground_conditioning
from ..host.guard import Guard
from ..host.patch import attach
from ..host.validation import verdict_of_choices
from ..host.wires import MENU, GateWire, GroundingWire, ShortcutsWire

NEGATIVES = get_args(NegativeGrounding)


class ApplyGligen(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Apply",
            display_name="Apply GLIGEN",
            category=MENU,
            description=(
                "Joins a grounding with a model and its prompts. Wire all three outputs to the "
                "sampler."
            ),
            inputs=[
                io.Model.Input(
                    "model", tooltip="The Stable Diffusion model that the GLIGEN was made for."
                ),
                io.Conditioning.Input(
                    "positive", tooltip="The prompt; naming the same things helps."
                ),
                io.Conditioning.Input("negative", tooltip="The negative prompt; may be empty."),
                GroundingWire.Input(
                    "grounding", tooltip="From Encode Grounding (GLIGEN): what goes where."
                ),
                GateWire.Input(
                    "gate",
                    optional=True,
                    tooltip="How far the GLIGEN is open over the run (0 shut to 1 open). Without "
                    "it: the official phases of this kind of GLIGEN.",
                ),
                io.Float.Input(
                    "strength",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    round=False,
                    tooltip="Factor on the gate: 1 as trained, 0 the plain model (0 to 2).",
                ),
                io.Combo.Input(
                    "negative_grounding",
                    options=list(NEGATIVES),
                    default="null",
                    tooltip="What the negative is grounded with: 'null' no objects (official), "
                    "'same as positive' the same boxes (as ComfyUI's own GLIGEN nodes do), 'off' "
                    "the plain model.",
                ),
                ShortcutsWire.Input(
                    "shortcuts",
                    optional=True,
                    tooltip="From GLIGEN Speed-Ups: less work for a small error. Without it: "
                    "exact.",
                ),
            ],
            outputs=[
                io.Model.Output("model_out", display_name="model", tooltip="Grounds."),
                io.Conditioning.Output(
                    "positive_out", display_name="positive", tooltip="With the boxes."
                ),
                io.Conditioning.Output(
                    "negative_out", display_name="negative", tooltip="As 'negative grounding' says."
                ),
            ],
        )

    @classmethod
    def validate_inputs(cls, negative_grounding: str | None = None) -> bool | str:
        return verdict_of_choices(("negative_grounding", negative_grounding, NEGATIVES))

    @classmethod
    def execute(
        cls,
        model: Any,
        positive: Conditioning,
        negative: Conditioning,
        grounding: Grounding,
        gate: GateSchedule | None = None,
        strength: float = 1.0,
        negative_grounding: NegativeGrounding = "null",
        shortcuts: Shortcuts = EXACT,
    ) -> io.NodeOutput:
        gligen = grounding.gligen
        opening = Gate(gate or official_gate(gligen.model), strength)
        guard = Guard(gligen.name)
        attachment = Attachment(gligen.key, grounding.inputs, opening, negative_grounding)
        return io.NodeOutput(
            attach(model, gligen, opening, shortcuts),
            ground_conditioning(positive, attachment, guard),
            ground_conditioning(negative, attachment.opposite(), guard),
        )


class GroundConditioning(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_GroundConditioning",
            display_name="Ground Conditioning (GLIGEN)",
            category=MENU,
            description=(
                "Grounds one more conditioning, such as that of another region, with a layout of "
                "its own. The model must come from an Apply GLIGEN with the same GLIGEN; its gate "
                "holds here, too."
            ),
            inputs=[
                io.Conditioning.Input("conditioning", tooltip="The prompt of the region."),
                GroundingWire.Input(
                    "grounding",
                    tooltip="From Encode Grounding (GLIGEN), with the GLIGEN of the model's Apply "
                    "GLIGEN.",
                ),
            ],
            outputs=[
                io.Conditioning.Output(
                    "conditioning_out", display_name="conditioning", tooltip="With the boxes."
                )
            ],
        )

    @classmethod
    def execute(cls, conditioning: Conditioning, grounding: Grounding) -> io.NodeOutput:
        gligen = grounding.gligen
        attachment = Attachment(gligen.key, grounding.inputs)
        guard = Guard(gligen.name)
        return io.NodeOutput(ground_conditioning(conditioning, attachment, guard))
