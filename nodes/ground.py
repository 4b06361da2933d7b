"""Node that encodes grounding: a layout or a map as read by one GLIGEN."""

from __future__ import annotations

from typing import Any, get_args

from comfy_api.latest import io

from ..gligen_core.bases.unets import SD1, SD2, SDXL
from ..gligen_core.layout import Overflow, frames_of
from ..gligen_core.layout.notes import notes_on_boxes
from ..gligen_core.modalities.class_maps import TOLERANCE
from ..gligen_core.modalities.sources import ImageCrop, MapReads
from ..gligen_core.text import logger
from ..host.demo_words import words_not_known
from ..host.display import text_on
from ..host.files import LoadedGligen
from ..host.layouts import layout_input, read_layouts
from ..host.names import named
from ..host.reading import ground
from ..host.validation import verdict_of_choices
from ..host.wires import MENU, GligenModelWire, GroundingWire

OVERFLOWS = get_args(Overflow)
CROPS = get_args(ImageCrop)
READS = get_args(MapReads)
_log = logger(__name__)


class Ground(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Ground",
            display_name="Encode Grounding (GLIGEN)",
            category=MENU,
            description=(
                "Reads a layout or a map for a GLIGEN. What is needed depends on the GLIGEN; a "
                "missing input is named. Boxes: layout and CLIP. Boxes with reference images: CLIP "
                "Vision and reference images, too. Keypoints: a layout with poses. HED, Canny, "
                "depth, normals: map. Semantic classes: map, or masks with class names."
            ),
            inputs=[
                GligenModelWire.Input("gligen", tooltip="From Load GLIGEN."),
                io.Clip.Input(
                    "clip",
                    optional=True,
                    tooltip="Reads the phrases: the CLIP of the checkpoint. SD1.x: ViT-L "
                    f"({SD1.context} features), SD2.x: ViT-H ({SD2.context}), SDXL: both its "
                    f"encoders ({SDXL.context}).",
                ),
                layout_input(
                    "layout",
                    "What goes where, from GLIGEN Layout (boxes) or GLIGEN Box (up to 30 boxes, or "
                    "8 poses); or one layout for each picture of the batch.",
                    optional=True,
                ),
                io.Combo.Input(
                    "overflow",
                    options=list(OVERFLOWS),
                    default="error",
                    tooltip="For more boxes than the GLIGEN takes (30): stop with an error, or "
                    "keep those of the largest area.",
                ),
                io.ClipVision.Input(
                    "clip_vision",
                    optional=True,
                    tooltip=f"Looks at reference images: CLIP ViT-L/14 ({SD1.context} features).",
                ),
                io.Image.Input(
                    "images",
                    optional=True,
                    tooltip="Reference images, one batch; each entity of the layout names its row "
                    "(from 0).",
                ),
                io.Combo.Input(
                    "image_crop",
                    options=list(CROPS),
                    default="centre",
                    optional=True,
                    tooltip="What CLIP sees of a reference image: 'centre' its middle square "
                    "(official), 'box' the entity's box cut out of it (as in training), 'whole' "
                    "all of it, squeezed to a square.",
                ),
                io.Image.Input(
                    "style_image",
                    optional=True,
                    tooltip="A picture that lends its style to the whole, without a place (the "
                    "first of a batch).",
                ),
                io.Image.Input(
                    "map",
                    optional=True,
                    tooltip="Edges, depth, normals or classes; one, or one for each picture of the "
                    "batch. Cut around its centre to the shape of the result.",
                ),
                io.Combo.Input(
                    "map_reads",
                    options=list(READS),
                    default="colours",
                    optional=True,
                    tooltip="How a map of classes is painted: 'colours' of ADE20K, black for none; "
                    "or grey 'numbers' of ADE20K's classes (0 none, 1 wall, to 150 flag).",
                ),
                io.Int.Input(
                    "tolerance",
                    default=TOLERANCE,
                    min=0,
                    max=255,
                    optional=True,
                    tooltip="How far a colour may be off ADE20K's, in levels per channel (0 to "
                    "255).",
                ),
                io.Mask.Input(
                    "masks",
                    optional=True,
                    tooltip="Classes as masks, one per class name (1 selected); a later "
                    "one lies on top.",
                ),
                io.String.Input(
                    "class_names",
                    default="",
                    optional=True,
                    tooltip="ADE20K's names for the masks, in their order, with commas: wall, "
                    "sofa, painting.",
                ),
            ],
            outputs=[
                GroundingWire.Output(
                    "grounding", display_name="grounding", tooltip="For Apply GLIGEN."
                )
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(
        cls,
        overflow: str | None = None,
        image_crop: str | None = None,
        map_reads: str | None = None,
    ) -> bool | str:
        return verdict_of_choices(
            ("overflow", overflow, OVERFLOWS),
            ("image_crop", image_crop, CROPS),
            ("map_reads", map_reads, READS),
        )

    @classmethod
    def execute(
        cls,
        gligen: LoadedGligen,
        clip: Any = None,
        layout: Any = None,
        overflow: Overflow = "error",
        **others: Any,
    ) -> io.NodeOutput:
        layouts = None if layout is None else read_layouts(layout, "GLIGEN_Ground")
        grounding = ground(gligen, clip, layout=layouts, overflow=overflow, **others)
        if layouts is None or gligen.model.modality.takes != "entities":
            return io.NodeOutput(grounding)
        notes = [named(note) for note in notes_on_boxes(frames_of(layouts))]
        for note in notes:
            _log.warning("%s: %s", named("GLIGEN_Ground"), note)
        notes += words_not_known(clip, frames_of(layouts))
        if not notes:
            return io.NodeOutput(grounding)
        return io.NodeOutput(grounding, ui=text_on(cls, "\n".join(notes)))
