"""CVAT XML: `annotations` with `image`s of boxes, or with `track`s of boxes in frames."""

from __future__ import annotations

from typing import Any

from ..errors import GligenError
from ..layout import Layouts
from ..layout.read import MAX_LAYOUTS
from .choosing import Picture
from .format import Format
from .parsing import Canvas, Context
from .placing import Candidate, Placing
from .rows import read_pictures
from .units import placed
from .values import around, number_in, read_four, sequence
from .xml_tree import Element, is_xml, read_xml, root_name

CORNERS = ("xtl", "ytl", "xbr", "ybr")
SHAPES = ("box", "polygon", "polyline", "ellipse")


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which image; tracks become a layout for each frame."""
    root = read_xml(data, context.source)
    images = root.all("image")
    if root.all("track") and not images:
        return _tracks(root, context)
    pictures = [
        Picture(
            (image.attributes.get("name"), image.attributes.get("id")),
            _canvas(image.attributes, context),
            [_row(shape) for shape in image.children if shape.name in SHAPES],
        )
        for image in images
    ]
    return read_pictures(pictures, context, "CVAT")


def recognises(value: Any) -> bool:
    """XML whose root is annotations."""
    return is_xml(value) and root_name(value) == "annotations"


def _canvas(attributes: dict[str, str], context: Context) -> Canvas | None:
    width, height = (number_in(attributes.get(name)) for name in ("width", "height"))
    return Canvas.read(width, height, context.source) if width and height else None


def _row(shape: Element) -> dict[str, Any]:
    row: dict[str, Any] = {"label": shape.attributes.get("label", "")}
    if shape.name == "ellipse":
        x, y, across, down = (number_in(shape.attributes.get(n)) for n in ("cx", "cy", "rx", "ry"))
        if None not in (x, y, across, down):
            assert x is not None and y is not None and across is not None and down is not None
            row["xyxy"] = [x - across, y - down, x + across, y + down]
        return row
    if "points" in shape.attributes:
        return {**row, "xyxy": _around(shape.attributes["points"])}
    return {**row, "xyxy": [number_in(shape.attributes.get(name)) for name in CORNERS]}


def _around(points: str) -> list[float] | None:
    """ "1,2;3,4" -> x0 y0 x1 y1"""
    numbers = [number_in(word) for point in points.split(";") for word in point.split(",")]
    there = [number for number in numbers if number is not None]
    if len(there) != len(numbers) or len(there) < 4 or len(there) % 2:
        return None
    return list(around(there[::2], there[1::2]))


def _tracks(root: Element, context: Context) -> Layouts:
    meta = root.first("meta")
    sizes = [
        size
        for name in ("task", "job", "project")
        if meta and (task := meta.first(name)) and (size := task.first("original_size"))
    ]
    size = sizes[0] if sizes else Element("original_size")
    canvas = _canvas({side: size.value(side) for side in ("width", "height")}, context)
    placing = Placing(context, "CVAT tracks")
    frames: dict[int, list[Candidate]] = {}
    for number, track in enumerate(root.all("track"), 1):
        label = track.attributes.get("label", "")
        for box in track.all("box"):
            frame = number_in(box.attributes.get("frame")) or 0.0
            where = f"{context.source}: track {number}, frame {frame:g}"
            if not frame.is_integer() or not 0 <= frame < MAX_LAYOUTS:
                raise GligenError(f"{where}: expected a frame from 0 to {MAX_LAYOUTS - 1}.")
            boxes = frames.setdefault(int(frame), [])
            if box.attributes.get("outside") == "1":
                continue
            with placing.row():
                corners = [number_in(box.attributes.get(name)) for name in CORNERS]
                four = read_four(corners, "xtl ytl xbr ybr", where)
                name = f"{track.attributes.get('id', number)}.{label}"[:200]
                boxes.append(placing.candidate(four, where, label, id=name))
    there = [frames.get(number, []) for number in range(max(frames, default=-1) + 1)]
    return sequence(placed(there, placing, canvas), context.source)


FORMAT = Format(
    name="CVAT",
    sign="XML with the root `annotations`",
    recognises=recognises,
    parse=parse,
    suffix=".xml",
    is_text=True,
)
