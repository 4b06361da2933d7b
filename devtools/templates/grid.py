"""Where a template's nodes lie: groups side by side, in each of them columns along the wires.

All in units of the graph. A node's position is that of its body; the title lies above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TITLE = 30
GAP_X, GAP_Y = 60, 30
PADDING, GROUP_TITLE = 30, 50
GROUP_GAP = 60
CANVAS_SIDE = 700

# Width and height of the body: as the newest page draws it, in that of its two renderers in which
# it is larger, with room for a picture or a text where the node shows one after a run.
# tests/browser/test_template_places.py holds that no node is drawn larger.
DEFAULT_SIZE = (320, 180)
SIZES: Mapping[str, tuple[int, int]] = {
    "CLIPLoader": (320, 130),
    "CLIPTextEncode": (400, 210),
    "CLIPVisionLoader": (320, 80),
    "Canny": (320, 110),
    "CheckpointLoaderSimple": (320, 120),
    "EmptyLatentImage": (320, 140),
    "GLIGENLoader": (320, 80),
    "GLIGENTextBoxApply": (400, 280),
    "GLIGEN_AnimateLayout": (400, 340),
    "GLIGEN_Apply": (320, 280),
    "GLIGEN_DemoModel": (320, 150),
    "GLIGEN_ExportLayout": (400, 320),
    "GLIGEN_FindShapes": (320, 130),
    "GLIGEN_GateCurve": (CANVAS_SIDE, 460),
    "GLIGEN_GatePhases": (320, 260),
    "GLIGEN_Ground": (400, 460),
    "GLIGEN_Inpaint": (320, 230),
    "GLIGEN_Layout": (CANVAS_SIDE, CANVAS_SIDE + 60),
    "GLIGEN_LayoutFromStock": (400, 320),
    "GLIGEN_LayoutFromText": (400, 380),
    "GLIGEN_LayoutToMasks": (320, 210),
    "GLIGEN_Load": (400, 210),
    "GLIGEN_NextTry": (400, 460),
    "GLIGEN_PLMS": (320, 230),
    "GLIGEN_PasteBack": (320, 190),
    "GLIGEN_Poses": (CANVAS_SIDE, CANVAS_SIDE + 60),
    "GLIGEN_PreviewLayout": (420, 520),
    "GLIGEN_ScoreLayout": (420, 640),
    "ImageBlur": (320, 110),
    "ImageScale": (320, 170),
    "KSampler": (320, 300),
    "LoadImage": (320, 420),
    "Morphology": (320, 110),
    "PreviewImage": (320, 360),
    "PrimitiveStringMultiline": (400, 170),
    "SamplerCustom": (320, 270),
    "SaveImage": (420, 520),
    "VAEDecode": (230, 80),
}
WHAT, WHERE, RUN = "1 What", "2 Where", "3 Run"
GROUPS = (WHAT, WHERE, RUN)
COLOURS = {WHAT: "#3f789e", WHERE: "#8a8", RUN: "#b58b2a"}
# Where a node belongs by its class; RUN if it is not here. Behind what it is wired to, always.
GROUP_OF: Mapping[str, str] = {
    "MarkdownNote": WHAT,
    "CLIPLoader": WHAT,
    "CLIPTextEncode": WHAT,
    "CLIPVisionLoader": WHAT,
    "CheckpointLoaderSimple": WHAT,
    "GLIGENLoader": WHAT,
    "GLIGEN_DemoModel": WHAT,
    "GLIGEN_Load": WHAT,
    "PrimitiveStringMultiline": WHAT,
    "Canny": WHERE,
    "GLIGENTextBoxApply": WHERE,
    "GLIGEN_AnimateLayout": WHERE,
    "GLIGEN_ExportLayout": WHERE,
    "GLIGEN_Ground": WHERE,
    "GLIGEN_Inpaint": WHERE,
    "GLIGEN_Layout": WHERE,
    "GLIGEN_LayoutFromStock": WHERE,
    "GLIGEN_LayoutFromText": WHERE,
    "GLIGEN_LayoutToMasks": WHERE,
    "GLIGEN_Poses": WHERE,
    "ImageBlur": WHERE,
    "ImageScale": WHERE,
    "LoadImage": WHERE,
    "Morphology": WHERE,
    "PreviewImage": WHERE,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A node to place. sources: ids of the nodes that it is wired to."""

    id: int
    kind: str
    size: tuple[int, int]
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A group: its title and what it encloses, x y width height."""

    title: str
    bounding: tuple[int, int, int, int]


def size_of(kind: str) -> tuple[int, int]:
    return SIZES.get(kind, DEFAULT_SIZE)


def place(items: Sequence[Item]) -> tuple[dict[int, tuple[int, int]], list[Frame]]:
    """Node id -> (x, y) of its body, and the groups. items: each behind its sources."""
    group, column = _ranks(items)
    places: dict[int, tuple[int, int]] = {}
    frames: list[Frame] = []
    left = 0
    for number, title in enumerate(GROUPS):
        members = [item for item in items if group[item.id] == number]
        if not members:
            continue
        x, bottom = left + PADDING, 0
        for rank in range(max(column[item.id] for item in members) + 1):
            stack = [item for item in members if column[item.id] == rank]
            y = GROUP_TITLE + TITLE
            for item in stack:
                places[item.id] = (x, y)
                y += item.size[1] + TITLE + GAP_Y
            bottom = max(bottom, y - TITLE - GAP_Y)
            x += max(item.size[0] for item in stack) + GAP_X
        right = x - GAP_X + PADDING
        frames.append(Frame(title, (left, 0, right - left, bottom + PADDING)))
        left = right + GROUP_GAP
    return places, frames


def _ranks(items: Sequence[Item]) -> tuple[dict[int, int], dict[int, int]]:
    """By node id: the number of its group, and of its column there. No wire runs to the left."""
    group: dict[int, int] = {}
    column: dict[int, int] = {}
    for item in items:
        own = GROUPS.index(GROUP_OF.get(item.kind, RUN))
        group[item.id] = max([own, *(group[source] for source in item.sources)])
        column[item.id] = max(
            (column[s] + 1 for s in item.sources if group[s] == group[item.id]), default=0
        )
    return group, column
