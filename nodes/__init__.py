"""The pack's nodes, and how the host gets them."""

from comfy_api.latest import ComfyExtension, io
from typing_extensions import override

from .apply import ApplyGligen, GroundConditioning
from .demo import DemoModel
from .gate import GateCurve, GatePerBlock, GatePhases
from .ground import Ground
from .host.files import add_demo_folder
from .inpaint import GligenInpaint, PasteBack
from .layouts import LayoutBox, LayoutText
from .loaders import LoadGligen
from .poses import Poses
from .sampler import GligenPlms

NODES: tuple[type[io.ComfyNode], ...] = (
    LoadGligen,
    LayoutText,
    LayoutBox,
    Poses,
    Ground,
    GatePhases,
    GateCurve,
    GatePerBlock,
    ApplyGligen,
    GroundConditioning,
    DemoModel,
    GligenInpaint,
    PasteBack,
    GligenPlms,
)


class GligenExtension(ComfyExtension):
    """What the host's loader asks for."""

    @override
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return list(NODES)


async def comfy_entrypoint() -> GligenExtension:
    add_demo_folder()
    return GligenExtension()
