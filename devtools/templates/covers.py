"""What a template's cover shows where its weights are not here: its layout or map, in a scene."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from gligen_core.draw import PAPER, draw_layout
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, parse_layout
from gligen_core.layout.colours import colour_of, rgb
from gligen_core.modalities.ade20k import CLASSES

from ..console import DevError
from ..workflow import Workflow
from .pictures import MAPS, MEADOW, PREFIX, file_of, pictures

LINE_PX = 4
THIN = 140  # level of the soft edges that is left when they are made thin
TINT = 0.35  # of a box's inside with its colour
# Nodes that hold a layout, and the input in which they do.
LAYOUT_INPUTS = {"GLIGEN_Layout": "layout", "GLIGEN_Poses": "poses"}
PAINTED_CLASSES = "GLIGEN_LayoutToMasks"
DRAWN_EDGES = "Canny"  # the host's node makes the map of the scene


def drawn(workflow: Workflow) -> Image.Image:
    """What the workflow itself holds, in a drawn scene."""
    shown = shown_files(workflow)
    maps = [name for name in shown if name in MAPS]
    if maps:
        return beside(pictures()[maps[0]], pictures()["scene"])
    if any(node["class_type"] == DRAWN_EDGES for node in workflow.values()):
        return beside(thin_edges(), pictures()["scene"])
    layout = held_layout(workflow) or stock_layout(workflow)
    if layout is None:
        raise DevError("The workflow has neither a layout nor an example map: nothing to draw.")
    scene = pictures()["scene" if "scene" in shown else MEADOW]
    by_class = any(node["class_type"] == PAINTED_CLASSES for node in workflow.values())
    return draw_layout(layout, filled(scene, layout, by_class))


def shown_files(workflow: Workflow) -> list[str]:
    """Names of the example pictures that it loads: "scene", "depth", ..."""
    files = [n["inputs"].get("image") for n in workflow.values() if n["class_type"] == "LoadImage"]
    return [Path(name).stem.removeprefix(PREFIX) for name in files if name.startswith(PREFIX)]


def filled(scene: Image.Image, layout: Layout, by_class: bool) -> Image.Image:
    """The scene with the reference image in its boxes, and the other boxes tinted.

    by_class: painted over in the colours of ADE20K instead
    """
    classes = {each.name: each.colour for each in CLASSES}
    whole = scene.copy()
    for entity in layout.entities:
        x0, y0, x1, y1 = (round(edge) for edge in entity.box.pixels(*scene.size))
        size = (max(x1 - x0, 1), max(y1 - y0, 1))
        if entity.image is not None:
            inside = Image.open(file_of("clock")).convert("RGB").resize(size)
        elif by_class:
            inside = Image.new("RGB", size, classes[entity.text])
        else:
            under = whole.crop((x0, y0, x0 + size[0], y0 + size[1]))
            inside = Image.blend(under, Image.new("RGB", size, rgb(colour_of(entity))), TINT)
        whole.paste(inside, (x0, y0))
    return whole


def beside(map_picture: Image.Image, scene: Image.Image) -> Image.Image:
    """The map in the upper left, the scene in the lower right of a slanting line."""
    size = scene.size
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    top, bottom = 0.62 * size[0], 0.38 * size[0]
    pen.polygon([(0, 0), (top, 0), (bottom, size[1]), (0, size[1])], fill=255)
    whole = Image.composite(map_picture.convert("RGB"), scene, mask)
    ImageDraw.Draw(whole).line((top, 0, bottom, size[1]), fill=PAPER, width=LINE_PX)
    return whole


def thin_edges() -> Image.Image:
    """The scene's soft edges made as thin and hard as Canny's."""
    return pictures()["edges"].point([255 * (level > THIN) for level in range(256)])


def held_layout(workflow: Workflow) -> Layout | None:
    """The first layout that is drawn in one of its nodes."""
    for node in workflow.values():
        name = LAYOUT_INPUTS.get(node["class_type"])
        if name:
            return parse_layout(node["inputs"][name])
    return None


def stock_layout(workflow: Workflow) -> Layout | None:
    """The boxes of the host's own GLIGEN nodes, which are in pixels of its latent."""
    boxes = [n["inputs"] for n in workflow.values() if n["class_type"] == "GLIGENTextBoxApply"]
    latents = [n["inputs"] for n in workflow.values() if n["class_type"] == "EmptyLatentImage"]
    if not boxes or not latents:
        return None
    width, height = latents[0]["width"], latents[0]["height"]
    entities = (
        Entity(
            id=f"e{number}",
            text=box["text"],
            box=Box(
                box["x"] / width,
                box["y"] / height,
                (box["x"] + box["width"]) / width,
                (box["y"] + box["height"]) / height,
            ),
        )
        for number, box in enumerate(boxes, 1)
    )
    return Layout(tuple(entities), width=width, height=height)
