"""Objects of any program with a place and perhaps a name: the reader most formats share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import GligenError
from ..layout import Layouts
from ..layout.fields import shown
from .choosing import Picture, chosen
from .field_names import CANVAS_SIDES, CANVASES, PICTURES, SIZES, label_of, plain_fields, score_of
from .format import Format
from .parsing import Canvas, Context, Order, Units
from .places import Place, has_place, place_of
from .placing import Candidate, Placing
from .units import ORDER_NAMES, doubted_order, placed
from .values import BrokenValue, kept, key_of, number_in, read_fields, read_items, sequence

ROW_PICTURES = (
    *("imageid", "filename", "imagepath", "filepath", "imagename", "image", "img"),
    *("frameindex", "framenumber", "frameid"),
)
"""Fields of a row that may say which picture it belongs to."""
LISTS = (
    *("objects", "elements", "layout", "boxes", "detections", "entities", "bounding_boxes"),
    *("annotations", "predictions", "shapes", "regions", "results", "instances", "items", "bboxes"),
    *("labels", "Labels", "localizedObjectAnnotations", "data", "output", "response", "answer"),
)
"""Fields that hold a list of objects with places."""
FORM = "objects"
XYWH = tuple(f"x, y, {width}, {height}" for width, height in SIZES)  # corner, or centre
DEEPEST = 4  # levels of wrapping that are looked through


@dataclass(frozen=True, slots=True)
class Shape:
    """What a source states for all of its rows. named: category number -> phrase"""

    form: str = FORM
    canvas: Canvas | None = None
    order: Order | None = None
    units: Units | None = None
    word: str = "object"


def parse(data: Any, context: Context) -> Layouts:
    """A list of objects, or an object that holds one, and perhaps the size of the picture."""
    rows, shape = _found(data, context)
    return read_rows(rows_of_one_picture(rows, context), context, shape)


def read_rows(rows: Sequence[Any], context: Context, shape: Shape) -> Layouts:
    """One picture."""
    placing = Placing(context, shape.form)
    candidates: list[Candidate] = []
    units: set[Units | None] = set()
    for number, row in enumerate(read_items(rows, f"{shape.word}s", context.source), 1):
        where = f"{context.source}: {shape.word} {number}"
        with placing.row():
            place = _place(row, where, context, shape)
            candidates.append(candidate_of(row, place, where, placing))
            units.add(place.units)
    (layout,) = placed([candidates], placing, shape.canvas, shape.units or _one(units, context))
    return sequence([layout], context.source)


def read_pictures(
    pictures: Sequence[Picture], context: Context, form: str, units: Units | None = None
) -> Layouts:
    """The picture that the person means."""
    picture = pictures[chosen([each.names for each in pictures], context)]
    return read_rows(picture.rows, context, Shape(form, picture.canvas, units=units))


def names_of(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a picture's object is called: file name, id, ..."""
    plain = plain_fields(fields)
    return tuple(plain[name] for name in PICTURES if key_of(plain.get(name)))


def candidate_of(row: Mapping[str, Any], place: Place, where: str, placing: Placing) -> Candidate:
    """A row as a box with its name and its score."""
    fields = plain_fields(row)
    text = label_of(fields, placing.context.options.class_names)
    return placing.candidate(place.corners, where, text, kept(score=score_of(fields)))


def canvas_in(fields: Mapping[str, Any], where: str) -> Canvas | None:
    """The size of the picture that an object states about it, or None."""
    plain = plain_fields(fields)
    for width, height in CANVAS_SIDES:
        sides = (number_in(plain.get(width)), number_in(plain.get(height)))
        if sides[0] and sides[1] and max(sides[0], sides[1]) > 1:
            return Canvas.read(*sides, where)
    for name in CANVASES:
        inner = plain.get(name)
        if isinstance(inner, Mapping):
            found = canvas_in(inner, where)
            if found is not None:
                return found
    return None


def recognises(value: Any) -> bool:
    """Objects with places, in a list or wrapped in others."""
    return rows_in(value) is not None


def order_in(fields: Mapping[str, Any]) -> tuple[Order | None, Units | None]:
    """The order that an object states for all of its boxes (`box_format`), and its units."""
    plain = plain_fields(fields)
    for hint in ("boxformat", "bboxformat", "boxmode", "bboxmode", "format", "coordinateformat"):
        stated = plain.get(hint)
        name = stated.lower().replace("_", "") if isinstance(stated, str) else ""
        if name in ORDER_NAMES:
            return ORDER_NAMES[name]
    return None, None


def _found(data: Any, context: Context) -> tuple[Sequence[Any], Shape]:
    found = rows_in(data)
    if found is None:
        raise GligenError(f"{context.source}: {shown(data)} holds no boxes that are known here.")
    rows, holders = found
    canvas: Canvas | None = None
    order, units = None, None
    for holder in holders:
        canvas = canvas or canvas_in(holder, context.source)
        order, units = (order, units) if order else order_in(holder)
    if canvas is None and rows and not holders:
        canvas = _row_canvas(rows, context.source)
    return rows, Shape(canvas=canvas, order=order, units=units)


def rows_of_one_picture(rows: Sequence[Any], context: Context) -> Sequence[Any]:
    """Rows that say which picture they belong to: those of the one that is meant."""
    fields = [plain_fields(row) if isinstance(row, Mapping) else {} for row in rows]
    for name in ROW_PICTURES:
        keys = [key_of(each.get(name)) for each in fields]
        names = list(dict.fromkeys(key for key in keys if key))
        if len(names) > 1 or (names and context.options.picture is not None):
            wanted = names[chosen(names, context)]
            return [row for row, key in zip(rows, keys, strict=True) if key == wanted]
    return rows


def _row_canvas(rows: Sequence[Any], source: str) -> Canvas | None:
    """The size that every row states by itself (`img_width`, ...), if they agree."""
    sizes: set[Canvas | None] = set()
    for row in rows:
        fields = plain_fields(row) if isinstance(row, Mapping) else {}
        own = {name: value for name, value in fields.items() if name not in ("width", "height")}
        sizes.add(canvas_in({k: v for k, v in own.items() if k not in ("size",)}, source))
    return sizes.pop() if len(sizes) == 1 else None


def rows_in(
    value: Any, depth: int = 0
) -> tuple[Sequence[Any], tuple[Mapping[str, Any], ...]] | None:
    """The only list of objects with places in a value, and the objects around it."""
    if isinstance(value, list | tuple):
        if any(has_place(item) for item in value[:100]):
            return value, ()
        if len(value) == 1 and depth < DEEPEST:
            return rows_in(value[0], depth + 1)
        return None
    if not isinstance(value, Mapping):
        return None
    if has_place(value):
        return [value], ()
    if depth >= DEEPEST:
        return None
    named = [value[name] for name in LISTS if isinstance(value.get(name), list | tuple | Mapping)]
    inner = [item for item in value.values() if isinstance(item, list | tuple | Mapping)]
    for candidates in (named, inner[:100]):
        found = [rows for item in candidates if (rows := rows_in(item, depth + 1)) is not None]
        if len(found) == 1:
            rows, holders = found[0]
            return rows, (*holders, value)
    return None


def _place(row: Any, where: str, context: Context, shape: Shape) -> Place:
    """A row's place with its order; GligenError where that is in doubt."""
    place = place_of(read_fields(row, where), where)
    if place is None:
        raise BrokenValue(f"{where}: {shown(row)} has no box whose numbers are certain.")
    if place.is_named:
        return place
    wanted = context.options.order
    if place.field in XYWH:
        order = wanted if wanted in ("xywh", "cxcywh") else place.order
    else:
        order = wanted or shape.order or place.order
    if order is None:
        raise doubted_order(f"{place.field!r} {[*place.numbers]}", where, row)
    return place._replace(order=order)


def _one(units: set[Units | None], context: Context) -> Units | None:
    """The units that all rows state alike."""
    if len(units) > 1 and context.options.units is None:
        raise GligenError(
            f"{context.source}: some boxes are in {' and others in '.join(map(str, units))}. "
            "Set `units` (pixels, fractions, percent or thousandths)."
        )
    return units.pop() if len(units) == 1 else None


FORMAT = Format(
    name="objects",
    sign="objects with named sides, or four numbers in a known order",
    recognises=recognises,
    parse=parse,
)
