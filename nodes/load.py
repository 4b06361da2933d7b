"""Node that loads a GLIGEN file."""

from __future__ import annotations

from comfy_api.latest import io

from ..gligen_core.checkpoint.detect import AUTO
from ..gligen_core.modalities import MODALITIES
from ..host.display import text_on
from ..host.files import describe, fingerprint, gligen_names, listed_name, load
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU, GligenModelWire

MODALITY_NAMES = (AUTO, *MODALITIES)


class LoadGligen(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Load",
            display_name="Load GLIGEN",
            category=MENU,
            description=(
                "Loads a GLIGEN file from models/gligen: official .bin and .pth, pruned "
                "safetensors, or a diffusers folder, and says what it found in it."
            ),
            inputs=[
                io.Combo.Input(
                    "gligen_name",
                    options=gligen_names(),
                    tooltip="A file, or a diffusers folder with 'unet' in it, of models/gligen.",
                ),
                io.Combo.Input(
                    "modality",
                    options=list(MODALITY_NAMES),
                    default=AUTO,
                    tooltip="What the file grounds with. 'auto' reads it off the file; choose one "
                    "only where the loader says that the file leaves it open.",
                ),
            ],
            outputs=[
                GligenModelWire.Output(
                    "gligen",
                    display_name="gligen",
                    tooltip="The GLIGEN, for Encode Grounding (GLIGEN).",
                )
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(
        cls, gligen_name: str | None = None, modality: str | None = None
    ) -> bool | str:
        chosen = verdict_of_choices(("modality", modality, MODALITY_NAMES))
        if chosen is not True or gligen_name is None:
            return chosen
        return verdict(lambda: listed_name(gligen_name))

    @classmethod
    def fingerprint_inputs(cls, gligen_name: str, modality: str) -> str:
        return fingerprint(gligen_name)

    @classmethod
    def execute(cls, gligen_name: str, modality: str) -> io.NodeOutput:
        gligen = load(gligen_name, modality)
        return io.NodeOutput(gligen, ui=text_on(cls, describe(gligen)))
