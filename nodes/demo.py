"""Node of the demo model: a complete small Stable Diffusion that comes with the pack."""

from __future__ import annotations

from comfy_api.latest import io

from ..host.demo_model import load_demo_model
from ..host.wires import MENU


class DemoModel(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_DemoModel",
            display_name="GLIGEN Demo Model",
            category=f"{MENU}/tools",
            description=(
                "A small model of coloured shapes, to try the pack without any download: circles, "
                "squares, triangles and diamonds in six colours. For pictures of 128 x 128 pixels "
                "or up to 192 on one side. Its GLIGEN is demo_gligen_text_box in Load GLIGEN."
            ),
            inputs=[],
            outputs=[
                io.Model.Output("model", display_name="model", tooltip="The UNet."),
                io.Clip.Output("clip", display_name="clip", tooltip="The text encoder."),
                io.Vae.Output("vae", display_name="vae", tooltip="The autoencoder."),
            ],
        )

    @classmethod
    def execute(cls) -> io.NodeOutput:
        return io.NodeOutput(*load_demo_model())
