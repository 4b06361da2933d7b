"""Nodes of the gate (phases, curve, per block): when, how strongly and where a GLIGEN acts."""

from __future__ import annotations

import json
from typing import Any, get_args

from comfy_api.latest import io

from ..gligen_core.bases.blocks import SECTIONS, BlockId
from ..gligen_core.bases.unets import SD1
from ..gligen_core.errors import GligenError
from ..gligen_core.gate.gate_json import knots_of_curve, parse_gate
from ..gligen_core.gate.schedule import Counts, Curve, GateSchedule, Phases
from ..gligen_core.modalities import PHASE_PRESETS
from ..gligen_core.modalities.text_box import TEXT_BOX
from ..host.canvas import drawn_on
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU, CurveWire, GateWire

CUSTOM = "custom"
PRESETS = (CUSTOM, *PHASE_PRESETS)
COUNTS = get_args(Counts)
CANVAS = "GLIGEN_GATE_CANVAS"
MAX_FACTOR = 2.0  # of a section: twice the trained strength is already a caricature

# text_box's official phases: what Apply GLIGEN does without a gate, but for other kinds of GLIGEN.
DEFAULT = TEXT_BOX.phases
EXAMPLE = json.dumps({"version": 1, "counts": "steps", "phases": DEFAULT.shares})


class GatePhases(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_GatePhases",
            display_name="GLIGEN Gate Phases",
            category=f"{MENU}/gate",
            description=(
                "GLIGEN's official three phases: the gate is open, then closes evenly, then stays "
                "shut, which is the plain model. Longer open places things more firmly; shut "
                "early leaves the model more freedom in the details."
            ),
            inputs=[
                io.Combo.Input(
                    "preset",
                    options=list(PRESETS),
                    default=CUSTOM,
                    tooltip="The phases of an official example, or 'custom' for the numbers below.",
                ),
                _share("on", DEFAULT.on, "with the gate open"),
                _share("decay", DEFAULT.decay, "in which it closes evenly"),
                _share("off", DEFAULT.off, "with the gate shut"),
                io.Combo.Input(
                    "counts",
                    options=list(COUNTS),
                    default="steps",
                    tooltip="What the shares are of: the steps of one sampler (official), or the "
                    "noise schedule, which stays right when several samplers share a run.",
                ),
            ],
            outputs=[GateWire.Output("gate", display_name="gate", tooltip="For Apply GLIGEN.")],
        )

    @classmethod
    def validate_inputs(
        cls,
        preset: str | None = None,
        on: float | None = None,
        decay: float | None = None,
        off: float | None = None,
        counts: str | None = None,
    ) -> bool | str:
        chosen = verdict_of_choices(("preset", preset, PRESETS), ("counts", counts, COUNTS))
        if chosen is not True or preset != CUSTOM or on is None or decay is None or off is None:
            return chosen
        return verdict(lambda: Phases(on, decay, off))

    @classmethod
    def execute(
        cls, preset: str, on: float, decay: float, off: float, counts: Counts
    ) -> io.NodeOutput:
        phases = Phases(on, decay, off) if preset == CUSTOM else PHASE_PRESETS[preset]
        return io.NodeOutput(GateSchedule(phases, counts))


def _share(name: str, default: float, meaning: str) -> io.Float.Input:
    return io.Float.Input(
        name,
        default=default,
        min=0.0,
        max=1.0,
        step=0.05,
        round=False,
        tooltip=f"Share of the run {meaning} (0 to 1; the three add up to 1). "
        "Used with preset 'custom'.",
    )


class GateCurve(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_GateCurve",
            display_name="GLIGEN Gate Curve",
            category=f"{MENU}/gate",
            description=(
                "The gate drawn over sampling: how strongly GLIGEN acts at each moment, from pure "
                "noise at the left to the finished picture at the right, and in each block."
            ),
            inputs=[
                _with_offers(
                    drawn_on(
                        CANVAS,
                        io.String.Input(
                            "gate",
                            multiline=True,
                            default=EXAMPLE,
                            tooltip="Drag a point to bend the gate; press where there is none to "
                            "put one.",
                        ),
                    )
                ),
                CurveWire.Input(
                    "curve",
                    optional=True,
                    tooltip="A curve over progress, x and y from 0 to 1; it takes the place of "
                    "the drawn one.",
                ),
            ],
            outputs=[GateWire.Output("gate_out", display_name="gate", tooltip="For Apply GLIGEN.")],
        )

    @classmethod
    def validate_inputs(cls, gate: str | None = None) -> bool | str:
        return gate is None or verdict(lambda: parse_gate(gate, "GLIGEN_GateCurve"))

    @classmethod
    def execute(cls, gate: str, curve: Any = None) -> io.NodeOutput:
        drawn = parse_gate(gate, "GLIGEN_GateCurve")
        if curve is None:
            return io.NodeOutput(drawn)
        shape = Curve(knots_of_curve(curve, "GLIGEN_GateCurve, `curve`"))
        shown = {"gligen_curve": [list(knot) for knot in shape.knots]}
        return io.NodeOutput(GateSchedule(shape, drawn.counts, drawn.block_scale), ui=shown)


def _with_offers(value: io.String.Input) -> io.String.Input:
    """The input with what its canvas offers: official phases by name, and SD1.x's blocks."""
    presets = {name: phases.shares for name, phases in PHASE_PRESETS.items()}
    blocks = [str(block).removesuffix(".0") for block in SD1.blocks]
    value.extra_dict = {**value.extra_dict, "phases": presets, "blocks": blocks}
    return value


class GatePerBlock(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_GatePerBlock",
            display_name="GLIGEN Gate Per Block",
            category=f"{MENU}/gate",
            description=(
                "Scales a gate in parts of the network: the input blocks see the coarse place of "
                "things, the output blocks paint them. 0 leaves a part to the plain model."
            ),
            inputs=[
                GateWire.Input("gate", tooltip="The gate to scale; its own factors are kept."),
                *(_factor(section) for section in SECTIONS),
                io.String.Input(
                    "blocks",
                    multiline=True,
                    default="",
                    optional=True,
                    tooltip="Single blocks, one a line: 'output.3: 0.5', or 'output.3.0: 0.5' for "
                    "one depth of SDXL; 0 or more. What is more exact holds.",
                ),
            ],
            outputs=[GateWire.Output("gate_out", display_name="gate", tooltip="For Apply GLIGEN.")],
        )

    @classmethod
    def validate_inputs(cls, blocks: str | None = None) -> bool | str:
        return blocks is None or verdict(lambda: _check(_factors(blocks)))

    @classmethod
    def execute(
        cls, gate: GateSchedule, input: float, middle: float, output: float, blocks: str = ""
    ) -> io.NodeOutput:
        factors: dict[str | BlockId, float] = dict(
            zip(SECTIONS, (input, middle, output), strict=True)
        )
        return io.NodeOutput(gate.times_block_scale(factors | _factors(blocks)))


def _factor(section: str) -> io.Float.Input:
    return io.Float.Input(
        section,
        default=1.0,
        min=0.0,
        max=MAX_FACTOR,
        step=0.05,
        round=False,
        tooltip=f"Factor of the gate in the {section} blocks (0 to {MAX_FACTOR:g}; 1: as it is).",
    )


def _factors(blocks: str) -> dict[str | BlockId, float]:
    """Factors by block, from lines such as "output.3: 0.5"; blank lines are let through."""
    factors: dict[str | BlockId, float] = {}
    for number, line in enumerate(blocks.splitlines(), 1):
        place, _, factor = line.partition(":")
        try:
            if line.strip():
                factors[place.strip()] = float(factor)
        except ValueError:
            raise GligenError(
                f"GLIGEN_GatePerBlock: line {number} is {line.strip()!r}; expected a block, a "
                "colon and a factor, such as 'output.3: 0.5'."
            ) from None
    return factors


def _check(factors: dict[str | BlockId, float]) -> None:
    """Check of factors: GligenError for a place that is none, or a factor below 0."""
    GateSchedule.constant().with_block_scale(factors)
