"""Pascal VOC XML: an `annotation` of one picture, with `object`s and their `bndbox`es in pixels."""

from __future__ import annotations

from typing import Any

from ..layout import Layouts
from .format import Format
from .parsing import Canvas, Context
from .rows import Shape, read_rows
from .values import number_in, read_items
from .xml_tree import Element, is_xml, read_xml, root_name

CORNERS = ("xmin", "ymin", "xmax", "ymax")


def parse(data: Any, context: Context) -> Layouts:
    """The canvas is the one that the file states."""
    root = read_xml(data, context.source)
    width, height = (number_in(root.value("size", name)) for name in ("width", "height"))
    canvas = Canvas.read(width, height, context.source) if width and height else None
    objects = read_items(root.all("object"), "objects", context.source)
    return read_rows([_row(each) for each in objects], context, Shape("Pascal VOC", canvas))


def recognises(value: Any) -> bool:
    """XML whose root is an annotation."""
    return is_xml(value) and root_name(value) == "annotation"


def _row(element: Element) -> dict[str, Any]:
    corners = [number_in(element.value("bndbox", name)) for name in CORNERS]
    return {"name": element.value("name"), "xyxy": corners}


FORMAT = Format(
    name="Pascal VOC",
    sign="XML with the root `annotation`",
    recognises=recognises,
    parse=parse,
    suffix=".xml",
    is_text=True,
)
