"""Nodes for inpainting: the picture to paint in, and pasting the result back."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.sampling.inpaint import check_mask_size, check_pasted_size, pasted_back
from ..host.grounding import Conditioning
from ..host.inpainting import with_inpainting
from ..host.layouts import NOT_SET, boxes_input, picture_of, read_boxes
from ..host.painting import painting
from ..host.wires import MENU

PASTE_BACK = "GLIGEN_PasteBack"


class GligenInpaint(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_Inpaint",
            display_name="GLIGEN Inpaint",
            category=f"{MENU}/inpaint",
            description=(
                "Paints inside a picture with an inpainting GLIGEN on a plain checkpoint. Wire "
                "both conditionings on to Apply GLIGEN, and the latent to the sampler, which keeps "
                "the rest of the picture in each step."
            ),
            inputs=[
                io.Conditioning.Input("positive", tooltip="The prompt."),
                io.Conditioning.Input("negative", tooltip="The negative prompt; may be empty."),
                io.Vae.Input("vae", tooltip="The VAE of the checkpoint."),
                io.Image.Input(
                    "pixels", tooltip="The picture; its sides are cut to multiples of 8 pixels."
                ),
                io.Mask.Input(
                    "mask",
                    optional=True,
                    tooltip="Where to paint (1), of the picture's size; soft edges (0 to 1) stay "
                    "soft.",
                ),
                boxes_input(
                    "layout",
                    "Paints inside its boxes, with or without mask.",
                    optional=True,
                    has_order=False,
                ),
            ],
            outputs=[
                io.Conditioning.Output(
                    "positive_out", display_name="positive", tooltip="With the picture."
                ),
                io.Conditioning.Output(
                    "negative_out", display_name="negative", tooltip="With the picture."
                ),
                io.Latent.Output(
                    "latent", display_name="latent", tooltip="The picture, with its noise mask."
                ),
                io.Mask.Output(
                    "mask_out",
                    display_name="mask",
                    tooltip="All that is painted (1), for Paste Back (GLIGEN).",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        positive: Conditioning,
        negative: Conditioning,
        vae: Any,
        pixels: Tensor,
        mask: Tensor | None = None,
        layout: Any = None,
    ) -> io.NodeOutput:
        boxes = None
        if layout is not None:
            boxes = read_boxes(layout, picture_of(pixels), NOT_SET, "GLIGEN_Inpaint")
        job = painting(vae, pixels, mask, boxes)
        return io.NodeOutput(
            with_inpainting(positive, job.inpainting),
            with_inpainting(negative, job.inpainting),
            job.latent,
            job.mask,
        )


class PasteBack(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_PasteBack",
            display_name="Paste Back (GLIGEN)",
            category=f"{MENU}/inpaint",
            description=(
                "Puts what was painted back into the original, which stays untouched outside the "
                "mask."
            ),
            inputs=[
                io.Image.Input("original", tooltip="The picture that GLIGEN Inpaint was given."),
                io.Image.Input("painted", tooltip="The decoded result, of the same size."),
                io.Mask.Input("mask", tooltip="From GLIGEN Inpaint: what was painted (1)."),
                io.Int.Input(
                    "feather",
                    default=8,
                    min=0,
                    max=256,
                    tooltip="Width of the blend inside the mask's edge, in pixels (0 to 256).",
                ),
            ],
            outputs=[io.Image.Output("image", display_name="image", tooltip="The whole picture.")],
        )

    @classmethod
    def execute(
        cls, original: Tensor, painted: Tensor, mask: Tensor, feather: int
    ) -> io.NodeOutput:
        check_mask_size(mask, painted.shape[1], painted.shape[2], PASTE_BACK)
        check_pasted_size(original, painted, PASTE_BACK)
        return io.NodeOutput(pasted_back(original[..., :3], painted, mask, feather))
