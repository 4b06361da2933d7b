"""Node of the official samplers (PLMS, DDIM), number for number."""

from __future__ import annotations

from typing import Any, get_args

from comfy_api.latest import io

from ..gligen_core.sampling.noise import sampling_timesteps
from ..host.official_sampler import KnownRegion, Method, OfficialSampler, official_sigmas
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU

METHODS = get_args(Method)
KNOWN_REGIONS = get_args(KnownRegion)


class GligenPlms(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_PLMS",
            display_name="GLIGEN Sampler (PLMS, DDIM)",
            category=f"{MENU}/tools",
            description=(
                "The sampler of the official GLIGEN code with its noise levels, for SamplerCustom "
                "or SamplerCustomAdvanced: the same timesteps, evaluations and numbers."
            ),
            inputs=[
                io.Model.Input("model", tooltip="The MODEL that will be sampled."),
                io.Int.Input(
                    "steps",
                    default=50,
                    min=1,
                    max=1000,
                    tooltip="Steps asked for (1 to 1000; official: 50). The official rule may make "
                    "one or more beyond: 30 gives 31.",
                ),
                io.Combo.Input(
                    "method",
                    options=list(METHODS),
                    default="plms",
                    tooltip="'plms' looks back at four evaluations and makes one more than steps; "
                    "'ddim' makes one per step.",
                ),
                io.Combo.Input(
                    "known_region",
                    options=list(KNOWN_REGIONS),
                    default="official",
                    tooltip="With a noise mask: 'official' puts the known region back with fresh "
                    "noise before each step and not after the last; 'ComfyUI' keeps it exactly.",
                ),
            ],
            outputs=[
                io.Sampler.Output("sampler", display_name="sampler", tooltip="For SamplerCustom."),
                io.Sigmas.Output("sigmas", display_name="sigmas", tooltip="The official levels."),
            ],
        )

    @classmethod
    def validate_inputs(
        cls, steps: int | None = None, method: str | None = None, known_region: str | None = None
    ) -> bool | str:
        chosen = verdict_of_choices(
            ("method", method, METHODS), ("known_region", known_region, KNOWN_REGIONS)
        )
        if chosen is not True or steps is None:
            return chosen
        return verdict(lambda: sampling_timesteps(steps))

    @classmethod
    def execute(
        cls, model: Any, steps: int, method: Method, known_region: KnownRegion
    ) -> io.NodeOutput:
        sigmas = official_sigmas(model.get_model_object("model_sampling"), steps)
        return io.NodeOutput(OfficialSampler(method, known_region), sigmas)
