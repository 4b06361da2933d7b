"""Node that reads the boxes of ComfyUI's own GLIGEN nodes: an old graph gains the gate."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.formats import Canvas, Context, Options, stock, stock_graph
from ..gligen_core.formats.stock import CELL_PX
from ..gligen_core.layout import Layout, frames_of
from ..gligen_core.modalities import text_box
from ..gligen_core.modalities.modality import batched
from ..gligen_core.modalities.slots import MAX_OBJECTS
from ..host.clip import encoder_of
from ..host.display import text_on
from ..host.files import LoadedGligen
from ..host.grounding import Conditioning, Grounding
from ..host.layouts import side_input
from ..host.wires import MENU, GligenModelWire, GroundingWire, LayoutWire

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
                side_input(
                    "width",
                    "Of the picture, in pixels; 0 for the latent's own.",
                    default=0,
                    least=0,
                ),
                side_input(
                    "height",
                    "Of the picture, in pixels; 0 for the latent's own.",
                    default=0,
                    least=0,
                ),
                io.String.Input(
                    "phrases",
                    multiline=True,
                    default="",
                    tooltip="What the boxes are called, one a line, or the old graph, pasted as "
                    "JSON: for previews only, as the old nodes keep no words. May be empty.",
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
            hidden=[io.Hidden.unique_id],
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
        names = stock_graph.phrases_in(phrases, NODE)
        if names is None:
            names = tuple(phrase.strip() for phrase in phrases.splitlines() if phrase.strip())
        canvas = Canvas(width, height) if width and height else None
        entry = stock.entry_of(conditioning, NODE)
        context = Context(canvas, NODE, options=Options(phrases=names))
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
        if canvas is None:
            first = frames_of(layouts)[0]
            inputs = CellInputs.of(inputs, first.width, first.height)
            context.tally.units = "cells of the latent"
        said = "\n".join([*context.warnings, context.tally.verdict(layouts)])
        return io.NodeOutput(
            Grounding(gligen, inputs),
            stock.without_entry(conditioning),
            layouts,
            ui=text_on(cls, said),
        )


@dataclass(frozen=True, slots=True)
class CellInputs(text_box.TextBoxInputs):
    """Boxes in cells of a latent whose size is known when sampling begins."""

    @classmethod
    def of(cls, inputs: text_box.TextBoxInputs, width: int, height: int) -> CellInputs:
        """inputs: fractions of a picture of width x height pixels"""
        boxes = inputs.boxes * _cells(inputs.boxes, height / CELL_PX, width / CELL_PX)
        return cls(boxes, inputs.present, inputs.text, inputs.owners)

    def on_canvas(self, height: int, width: int) -> text_box.TextBoxInputs:
        """In fractions of the latent; what lies beyond it is cut, or absent."""
        boxes = (self.boxes / _cells(self.boxes, height, width)).clamp(0, 1)
        there = (boxes[..., 2:] > boxes[..., :2]).all(dim=-1)
        return text_box.TextBoxInputs(boxes, self.present * there, self.text, self.owners)


def _cells(boxes: Tensor, height: float, width: float) -> Tensor:
    """4: what a whole canvas measures along x0 y0 x1 y1"""
    return boxes.new_tensor([width, height, width, height])


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
