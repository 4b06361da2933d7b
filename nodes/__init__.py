"""The pack's nodes, and how the host gets them."""

from comfy_api.latest import ComfyExtension, io
from typing_extensions import override

from ..host.files import add_demo_folder
from ..host.names import give_names
from ..host.schemas import fitted
from .animate import AnimateLayout
from .apply import ApplyGligen, GroundConditioning
from .demo import DemoModel
from .evaluate import FindShapes, NextTry, ScoreLayout
from .gate import GateCurve, GatePerBlock, GatePhases
from .ground import Ground
from .inpaint import GligenInpaint, PasteBack
from .layout import LayoutBox, LayoutText
from .layout_edit import CropLayout, FitLayout, FlipLayout, MergeLayouts, ScaleLayout, SortLayout
from .layout_export import ExportLayout, LayoutToBoxes, LayoutToMasks
from .layout_import import LayoutFromBoxes, LayoutFromPoses, LayoutFromText
from .load import LoadGligen
from .poses import Poses
from .preview import PreviewLayout
from .sampler import GligenPlms
from .save import SaveGligen
from .speed import GligenShortcuts
from .stock import LayoutFromStockGligen

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
    SaveGligen,
    GligenShortcuts,
    LayoutFromBoxes,
    LayoutFromPoses,
    LayoutFromText,
    LayoutFromStockGligen,
    MergeLayouts,
    FlipLayout,
    CropLayout,
    FitLayout,
    ScaleLayout,
    SortLayout,
    AnimateLayout,
    PreviewLayout,
    ExportLayout,
    LayoutToMasks,
    LayoutToBoxes,
    FindShapes,
    ScoreLayout,
    NextTry,
)

for _node in NODES:
    give_names(_node)


class GligenExtension(ComfyExtension):
    """What the host's loader asks for."""

    @override
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [fitted(node) for node in NODES]


async def comfy_entrypoint() -> GligenExtension:
    add_demo_folder()
    return GligenExtension()
