"""The one table of what programs call a box's fields: labels, scores, corners, centres and sizes.

Names are compared in small letters and without `_`, `-` and spaces: `x_min` is `xMin` is `XMin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .values import phrase_of, scalar

# The first that holds something names the thing. `type` names it where it is no word for a shape.
LABELS = (
    *("phrase", "label", "name", "desc", "classname", "classtitle", "categoryname", "labelname"),
    *("displayname", "objectname", "caption", "description", "entity", "text", "title", "noun"),
    *("category", "class", "prompt", "object", "concept", "subject", "item", "thing", "term"),
    *("tag", "tags", "labels", "categories", "classes", "captions", "rectanglelabels"),
    *("polygonlabels", "ellipselabels", "keyword", "query", "word", "type", "cls"),
)
SHAPES = frozenset(
    (
        *("obj", "object", "text", "box", "bbox", "boundingbox", "rect", "rectangle", "polygon"),
        *("circle", "ellipse", "region", "shape", "detection", "annotation", "rectanglelabels"),
    )
)
NUMBERS_OF_CLASSES = frozenset(("class", "cls", "label", "labels", "category", "classes"))
"""Labels that may be a class's number: named by the class names, if there are any."""

SCORES = ("score", "confidence", "conf", "probability", "prob", "likelihood", "certainty")

STARTS = (
    *(("x0", "y0"), ("x1", "y1"), ("xmin", "ymin"), ("minx", "miny"), ("left", "top"), ("l", "t")),
    *(("x", "y"), ("xtl", "ytl"), ("startx", "starty"), ("xstart", "ystart")),
    *(("originx", "originy"), ("bboxx", "bboxy"), ("bboxleft", "bboxtop")),
)
PAIRS = (
    *((("x0", "y0"), ("x1", "y1")), (("x1", "y1"), ("x2", "y2"))),
    *((("xmin", "ymin"), ("xmax", "ymax")), (("minx", "miny"), ("maxx", "maxy"))),
    *((("left", "top"), ("right", "bottom")), (("l", "t"), ("r", "b"))),
    *((("xtl", "ytl"), ("xbr", "ybr")), (("startx", "starty"), ("endx", "endy"))),
    *((("xstart", "ystart"), ("xend", "yend")), (("bboxx1", "bboxy1"), ("bboxx2", "bboxy2"))),
)
"""Names of two corners that belong together."""
MIDDLES = (
    *(("cx", "cy"), ("xc", "yc"), ("xcenter", "ycenter"), ("centerx", "centery")),
    *(("xcentre", "ycentre"), ("centrex", "centrey"), ("xmid", "ymid"), ("midx", "midy")),
)
SIZES = (
    *(("width", "height"), ("w", "h"), ("boxwidth", "boxheight"), ("bboxwidth", "bboxheight")),
    *(("sizex", "sizey"), ("dx", "dy")),
)
POINTS = (
    *(("topleft", "bottomright"), ("start", "end"), ("min", "max"), ("lefttop", "rightbottom")),
    *(("upperleft", "lowerright"), ("tl", "br"), ("p1", "p2")),
)
CENTRES = ("center", "centre")

FOURS = (
    *("xyxy", "bboxxyxy", "xyxyn", "boxxyxy", "xywhn", "cxcywh", "yxyx", "ltrb", "tlbr", "ltwh"),
    *("tlwh", "bboxxywh", "boxxywh", "box", "bbox2d", "box2d", "bbox", "boundingbox", "bndbox"),
    *("boundingpoly", "boundingrect", "rect", "rectangle", "region", "coordinates", "coords"),
    *("relativecoordinates", "geometry", "position", "location", "place", "xywh", "area2d"),
    *("shapeattributes", "value", "bounds", "frame", "normalizedvertices", "vertices", "points"),
    *("exterior", "polygon", "quad"),
)
"""Fields that hold a place: four numbers, an object of named sides, or points; the surest first."""

CANVAS_SIDES = (
    *(("canvaswidth", "canvasheight"), ("imgwidth", "imgheight"), ("imagewidth", "imageheight")),
    *(("originalwidth", "originalheight"), ("framewidth", "frameheight"), ("imgw", "imgh")),
    *(("imagew", "imageh"), ("picturewidth", "pictureheight"), ("width", "height")),
)
CANVASES = ("image", "size", "imagesize", "metadata", "canvas", "asset", "imagemeta", "picture")
"""Objects that may hold the sides of the picture."""

PICTURES = (
    *("imageid", "filename", "file", "image", "imagepath", "filepath", "path", "img", "picture"),
    *("imagename", "name", "frame", "frameindex", "framenumber"),
)
"""Of a row of a table or of a picture's object: which picture it belongs to."""


def plain(name: Any) -> str:
    """A field's name as this table spells it."""
    return str(name).lower().replace("_", "").replace("-", "").replace(" ", "")


def plain_fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by their plain names; of two that are spelled alike, the first."""
    fields: dict[str, Any] = {}
    for name, value in item.items():
        fields.setdefault(plain(name)[:60] if isinstance(name, str) else plain(name), value)
    return fields


def label_of(fields: Mapping[str, Any], class_names: tuple[str, ...] = (), depth: int = 0) -> str:
    """What a box is called, by its plain fields; "" where it has no name.

    class_names: for classes that are numbers, from 0
    """
    for name in LABELS:
        text = _label(fields.get(name), name, class_names, depth)
        if text and not (name in ("type", "text") and _is_shape(fields, name, text)):
            return text
    return ""


def score_of(fields: Mapping[str, Any]) -> float | None:
    """How sure a detector was, 0 to 1; percents count."""
    for name in SCORES:
        number = scalar(fields.get(name))
        if number is not None:
            return number / 100 if 1 < number <= 100 else number
    return None


def _label(value: Any, name: str, class_names: tuple[str, ...], depth: int) -> str:
    if isinstance(value, str):
        return phrase_of(value)
    if depth > 2:
        return ""
    if isinstance(value, list | tuple) and value:
        return _label(value[0], name, class_names, depth + 1)
    if isinstance(value, Mapping):
        return label_of(plain_fields(value), class_names, depth + 1)
    number = scalar(value)
    if number is None or name not in NUMBERS_OF_CLASSES:
        return ""
    if number.is_integer() and 0 <= number < len(class_names):
        return class_names[int(number)]
    return ""


def _is_shape(fields: Mapping[str, Any], name: str, text: str) -> bool:
    """`type` of a shape names nothing; `text` beside a type of "text" is lettering."""
    if name == "type":
        return plain(text) in SHAPES
    return False
