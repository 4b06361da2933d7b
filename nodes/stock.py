"""Node that reads the boxes of ComfyUI's own GLIGEN nodes: an old graph gains the gate."""

from __future__ import annotations

import torch
from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.formats import Canvas, Context, Options, stock
from ..gligen_core.layout import Layout, frames_of
from ..gligen_core.modalities import text_box
from ..gligen_core.modalities.modality import batched
from ..gligen_core.modalities.slots import MAX_OBJECTS
from .host.clip import encoder_of
from .host.files import LoadedGligen
from .host.grounding import Conditioning, Grounding
from .host.layouts import side_input
from .wires import MENU, GligenModelWire, GroundingWire, LayoutWire

NODE = "GLIGEN_LayoutFromStock"


class LayoutFromStockGligen(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutFromStock",
            display_name="GLIGEN Layout From Stock Nodes",
            category=f"{MENU}/layout",
            description=(
                "Reads the boxes that ComfyUI's own GLIGENTextBoxApply nodes, or KJNodes' batch "
                "node, put on a conditioning. Wire grounding and conditioning to Apply GLIGEN: the "
                "old graph gets a gate, a negative without boxes, and both sides in one batch."
            ),
            inputs=[
                io.Conditioning.Input(
                    "conditioning", tooltip="Behind the last GLIGENTextBoxApply node."
                ),
                GligenModelWire.Input(
                    "gligen",
                    tooltip="From Load GLIGEN: the same file that the old GLIGENLoader has.",
                ),
                side_input("width", "Of the picture, in pixels: that of the latent."),
                side_input("height", "Of the picture, in pixels: that of the latent."),
                io.String.Input(
                    "phrases",
                    multiline=True,
                    default="",
                    tooltip="What the boxes are called, one a line: for previews only, as the old "
                    "nodes keep no words. May be empty.",
                ),
            ],
            outputs=[
                GroundingWire.Output(
                    "grounding",
                    display_name="grounding",
                    tooltip="For Apply GLIGEN; with the old nodes' own CLIP features.",
                ),
                io.Conditioning.Output(
                    "conditioning_out",
                    display_name="conditioning",
                    tooltip="Without the old boxes, for Apply GLIGEN.",
                ),
                LayoutWire.Output("layout", display_name="layout", tooltip="The boxes."),
            ],
        )

    @classmethod
    def execute(
        cls,
        conditioning: Conditioning,
        gligen: LoadedGligen,
        width: int,
        height: int,
        phrases: str,
    ) -> io.NodeOutput:
        names = [phrase.strip() for phrase in phrases.splitlines() if phrase.strip()]
        entry = stock.entry_of(conditioning, NODE)
        context = Context(Canvas(width, height), NODE, options=Options(phrases=tuple(names)))
        layouts, features = stock.parse(entry, context)
        if gligen.model.modality.name != text_box.TEXT_BOX.name:
            raise GligenError(
                f"{NODE}: {gligen.name} grounds with {gligen.model.modality.title}; the old nodes "
                f"know text boxes only. Load a {text_box.TEXT_BOX.name} GLIGEN."
            )
        inputs = batched(
            [
                _inputs(frame, feature, gligen)
                for frame, feature in zip(frames_of(layouts), features, strict=True)
            ]
        )
        return io.NodeOutput(Grounding(gligen, inputs), stock.without_entry(conditioning), layouts)


def _inputs(
    layout: Layout, features: tuple[Tensor, ...], gligen: LoadedGligen
) -> text_box.TextBoxInputs:
    width = gligen.model.config.tokenizer.text_width
    if len(features) > MAX_OBJECTS:
        raise GligenError(
            f"{NODE}: {len(features)} boxes; {gligen.name} takes {MAX_OBJECTS}. Remove "
            f"{len(features) - MAX_OBJECTS} of the GLIGENTextBoxApply nodes."
        )
    for feature in features:
        if feature.shape[-1] != width:
            raise GligenError(
                f"{NODE}: CLIP features {feature.shape[-1]} wide; {gligen.name} was trained with "
                f"{width}. Wire {encoder_of(width)}, to the old nodes."
            )
    text = torch.cat([feature.reshape(1, width) for feature in features] or [torch.zeros(0, width)])
    return text_box.prepare([entity.box for entity in layout.entities], text.float().cpu())
