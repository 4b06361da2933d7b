"""Gate Phases: how long the GLIGEN acts."""

from __future__ import annotations

from typing import get_args

from comfy_api.latest import io

from ..gligen_core.schedule import OFFICIAL_PHASES, Counts, GateSchedule, Phases
from .host.validation import verdict, verdict_of_choices
from .wires import MENU, GateWire

CUSTOM = "custom"
PRESETS = (CUSTOM, *OFFICIAL_PHASES)
COUNTS = get_args(Counts)


class GatePhases(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_GatePhases",
            display_name="Gate Phases",
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
                _share("on", 0.3, "with the gate open"),
                _share("decay", 0.0, "in which it closes evenly"),
                _share("off", 0.7, "with the gate shut"),
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
        phases = Phases(on, decay, off) if preset == CUSTOM else OFFICIAL_PHASES[preset]
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
