"""Node that draws a layout as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io, ui
from torch import Tensor

from ..gligen_core.draw import draw_layout, paper_size
from ..gligen_core.errors import GligenError
from ..gligen_core.layout import Layout, frames_of
from ..host.layouts import layout_input, picture_of, read_layouts
from ..host.pictures import to_images, to_pictures
from ..host.wires import MENU

MAX_PIXELS = 1 << 27  # of all drawings without pictures, 1.5 GiB


class PreviewLayout(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_PreviewLayout",
            display_name="Preview Layout (GLIGEN)",
            category=f"{MENU}/layout",
            description=(
                "Draws boxes, phrases and poses over a picture, or over paper. A thing keeps its "
                "colour through all frames. Pictures under 512 pixels a side come out enlarged."
            ),
            inputs=[
                layout_input(
                    "layout", "What to draw; one, or one for each picture.", has_picture=True
                ),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The picture underneath; a batch is drawn picture by picture.",
                ),
            ],
            outputs=[
                io.Image.Output("drawing", display_name="image", tooltip="The drawn pictures.")
            ],
            is_output_node=True,
            hidden=[io.Hidden.prompt, io.Hidden.extra_pnginfo],
        )

    @classmethod
    def execute(cls, layout: Any, image: Tensor | None = None) -> io.NodeOutput:
        frames = frames_of(read_layouts(layout, "GLIGEN_PreviewLayout", picture_of(image)))
        pictures = to_pictures(image) if image is not None else [None]
        count = max(len(frames), len(pictures))
        if image is None:
            _check_room(frames)
        drawn = [
            draw_layout(frames[min(n, len(frames) - 1)], pictures[min(n, len(pictures) - 1)])
            for n in range(count)
        ]
        images = to_images(drawn)
        return io.NodeOutput(images, ui=ui.PreviewImage(images, cls=cls))


def _check_room(frames: Sequence[Layout]) -> None:
    """GligenError for more drawings than fit into memory."""
    pixels = sum(width * height for width, height in map(paper_size, frames))
    if pixels > MAX_PIXELS:
        raise GligenError(
            f"GLIGEN_PreviewLayout: {len(frames):,} drawings with {pixels:,} pixels; at most "
            f"{MAX_PIXELS:,} are drawn. Preview fewer frames, or a smaller canvas."
        )
