"""Nodes that export layouts: as text or file, as masks, as boxes for other nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from comfy_api.latest import io

from ..gligen_core.formats import (
    EXPORTS,
    Canvas,
    Context,
    Options,
    bbox,
    bounding_box,
    masks,
    openpose,
    segs,
    splines,
    tracking,
    yolo,
)
from ..gligen_core.formats.bbox import WRITTEN as ORDERS
from ..gligen_core.formats.parsing import Order
from ..gligen_core.layout import frames_of
from ..host.display import text_on
from ..host.exports import save_text
from ..host.layouts import layout_input, read_layouts, side_input
from ..host.validation import verdict_of_choices
from ..host.wires import MENU, PoseKeypointWire

FORMATS = tuple(EXPORTS)


class ExportLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_ExportLayout",
            display_name="Export Layout (GLIGEN)",
            category=f"{MENU}/layout",
            description=(
                "Writes a layout for other programs and data sets. Formats that know a single "
                "picture get the first frame."
            ),
            inputs=[
                layout_input("layout", "What to write."),
                io.Combo.Input(
                    "format",
                    options=list(FORMATS),
                    default="layout JSON",
                    tooltip="Layout JSON carries everything; the others what they know.",
                ),
                io.String.Input(
                    "filename_prefix",
                    default="",
                    tooltip="Of a file in the output folder; empty for none.",
                ),
            ],
            outputs=[
                io.String.Output("text", display_name="text", tooltip="What was written."),
                io.String.Output(
                    "class_names",
                    display_name="class_names",
                    tooltip="The phrases, one a line: YOLO's classes from 0.",
                ),
            ],
            is_output_node=True,
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(cls, format: str | None = None) -> bool | str:
        return verdict_of_choices(("format", format, FORMATS))

    @classmethod
    def execute(cls, layout: Any, format: str, filename_prefix: str) -> io.NodeOutput:
        layouts = read_layouts(layout, "GLIGEN_ExportLayout")
        row, options = EXPORTS[format]
        text = row.write(layouts, options)
        prefix = filename_prefix.strip()
        name = save_text(text, prefix, row.suffix, "GLIGEN_ExportLayout") if prefix else ""
        names = "\n".join(yolo.labels(frames_of(layouts)[0]).names)
        return io.NodeOutput(text, names, ui=text_on(cls, name or text))


class LayoutToMasks(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutToMasks",
            display_name="GLIGEN Layout To Masks",
            category=f"{MENU}/layout",
            description=(
                "A mask for each box, for regional prompts, detailers and inpainting, and one of "
                "all boxes together. Several frames give the masks of all of them in order."
            ),
            inputs=[
                layout_input("layout", "Whose boxes to select."),
                side_input(
                    "width", "Of the masks, in pixels; 0 for the layout's.", default=0, least=0
                ),
                side_input(
                    "height", "Of the masks, in pixels; 0 for the layout's.", default=0, least=0
                ),
            ],
            outputs=[
                io.Mask.Output("masks", display_name="masks", tooltip="One for each box."),
                io.Mask.Output("union", display_name="union", tooltip="One for each frame."),
            ],
        )

    @classmethod
    def execute(cls, layout: Any, width: int, height: int) -> io.NodeOutput:
        frames = frames_of(read_layouts(layout, "GLIGEN_LayoutToMasks"))
        width, height = width or frames[0].width, height or frames[0].height
        count = max(sum(len(frame.entities) for frame in frames), len(frames))
        masks.check_pixels(count, width, height, "GLIGEN_LayoutToMasks")
        canvas = Context(Canvas(width, height))
        each = [masks.dump(frame, canvas) for frame in frames]
        boxes = np.concatenate(each)
        blank = np.zeros((1, height, width), dtype=np.float32)  # no boxes: nothing is selected
        unions = np.concatenate([masks.union(frame) for frame in each])
        return io.NodeOutput(
            torch.from_numpy(boxes if len(boxes) else blank), torch.from_numpy(unions)
        )


class LayoutToBoxes(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutToBoxes",
            display_name="GLIGEN Layout To Boxes",
            category=f"{MENU}/layout",
            description="A layout in the types that ComfyUI and other packs have for boxes.",
            inputs=[
                layout_input("layout", "What to hand on."),
                io.Combo.Input(
                    "order",
                    options=list(ORDERS),
                    default="xywh",
                    tooltip="Of the numbers in BBOX: two corners, or corner and size.",
                ),
            ],
            outputs=[
                io.Custom("BOUNDING_BOX").Output(
                    "bounding_box",
                    display_name="bounding_box",
                    tooltip="A list for each frame, in pixels, with labels.",
                ),
                io.Custom("BBOX").Output(
                    "bbox",
                    display_name="bbox",
                    tooltip="Tuples of the first frame, in pixels, without labels.",
                ),
                io.Custom("SEGS").Output(
                    "segs", display_name="segs", tooltip="The first frame, for the Impact Pack."
                ),
                io.Custom("TRACKING").Output(
                    "tracking", display_name="tracking", tooltip="All frames, by phrase and id."
                ),
                PoseKeypointWire.Output(
                    "poses", display_name="poses", tooltip="The poses of each frame."
                ),
                io.String.Output(
                    "coordinates",
                    display_name="coordinates",
                    tooltip="The boxes' centres frame by frame, as KJNodes' editors write them.",
                ),
            ],
        )

    @classmethod
    def validate_inputs(cls, order: str | None = None) -> bool | str:
        return verdict_of_choices(("order", order, ORDERS))

    @classmethod
    def execute(cls, layout: Any, order: Order) -> io.NodeOutput:
        layouts = read_layouts(layout, "GLIGEN_LayoutToBoxes")
        return io.NodeOutput(
            bounding_box.dump(layouts),
            bbox.dump(layouts, Context(options=Options(order=order)))[0],
            segs.dump(frames_of(layouts)[0]),
            tracking.dump(layouts),
            openpose.dump(layouts),
            splines.dump(layouts),
        )
