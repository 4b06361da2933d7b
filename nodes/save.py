"""Node that saves a GLIGEN file, pruned and in another precision."""

from __future__ import annotations

from comfy_api.latest import io

from ..gligen_core.checkpoint.detect import AUTO
from ..gligen_core.checkpoint.precision import PRECISIONS
from ..gligen_core.modalities import MODALITIES
from ..host.display import text_on
from ..host.files import gligen_names, listed_name
from ..host.saving import FOLDERS, MODELS, save, save_path
from ..host.validation import verdict, verdict_of_choices
from ..host.wires import MENU

LAYOUTS = ("ldm", "diffusers")
MODALITY_NAMES = (AUTO, *MODALITIES)


class SaveGligen(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Save",
            display_name="Save GLIGEN",
            category=f"{MENU}/tools",
            description=(
                "Saves any GLIGEN file that the loader reads as small safetensors: only the "
                "GLIGEN's own tensors, with its mode, base and the source's SHA-256 in the "
                "metadata. An official 5 GB file becomes 418 MB in fp16."
            ),
            inputs=[
                io.Combo.Input(
                    "gligen_name",
                    options=gligen_names(),
                    tooltip="What to save: a file or diffusers folder of models/gligen.",
                ),
                io.String.Input(
                    "name",
                    default="gligen_fp16",
                    tooltip="The new file's name, without ending; subfolders as in small/name.",
                ),
                io.Combo.Input(
                    "dtype",
                    options=list(PRECISIONS),
                    default="fp16",
                    tooltip="Precision of the weights: fp16 serves every base. fp8 (e4m3) is for "
                    "the fusers' matrices, the rest stays fp16; 'same' rounds nothing.",
                ),
                io.Combo.Input(
                    "layout",
                    options=list(LAYOUTS),
                    default="ldm",
                    tooltip="Names of the tensors: ldm for ComfyUI, also for its own GLIGENLoader; "
                    "diffusers makes a folder with unet/ and its config.json.",
                ),
                io.Combo.Input(
                    "folder",
                    options=list(FOLDERS),
                    default=MODELS,
                    tooltip="Where the file goes: the model folder or ComfyUI's output folder.",
                ),
                io.Boolean.Input(
                    "overwrite",
                    default=False,
                    tooltip="On: a file of that name is replaced, on a server that was started "
                    "with GLIGEN_ALLOW_OVERWRITE=1. Off: the node stops there.",
                ),
                io.Combo.Input(
                    "modality",
                    options=list(MODALITY_NAMES),
                    default=AUTO,
                    tooltip="What the file grounds with, for the metadata. Choose one where the "
                    "weights leave it open: canny or depth.",
                ),
            ],
            outputs=[],
            hidden=[io.Hidden.unique_id],
            is_output_node=True,
        )

    @classmethod
    def validate_inputs(
        cls,
        gligen_name: str | None = None,
        name: str | None = None,
        dtype: str | None = None,
        layout: str | None = None,
        folder: str | None = None,
        modality: str | None = None,
    ) -> bool | str:
        choices = verdict_of_choices(
            ("dtype", dtype, list(PRECISIONS)),
            ("layout", layout, LAYOUTS),
            ("folder", folder, FOLDERS),
            ("modality", modality, MODALITY_NAMES),
        )
        if choices is not True:
            return choices
        return verdict(lambda: _check(gligen_name, folder or MODELS, name))

    @classmethod
    def execute(
        cls,
        gligen_name: str,
        name: str,
        dtype: str,
        layout: str,
        folder: str,
        overwrite: bool,
        modality: str,
    ) -> io.NodeOutput:
        saved = save(gligen_name, name, dtype, layout, folder, overwrite, modality)  # type: ignore[arg-type]
        return io.NodeOutput(ui=text_on(cls, saved))


def _check(gligen_name: str | None, folder: str, name: str | None) -> None:
    """Check of both names: GligenError for a file that is not there or can't be written."""
    if gligen_name is not None:
        listed_name(gligen_name)
    if name is not None:
        save_path(folder, name, "ldm")
