"""The host's BOUNDING_BOX: `{"x", "y", "width", "height"}` in pixels from the top left corner.

On a wire it may be one such object, a flat list (one picture) or a list of lists (one for each
frame), as objects or as JSON. `label`, `score` and `metadata` may say more; the host's
CreateBoundingBoxes drops labels here and gives them on its `elements` only (see `elements`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..layout import Entity, Layout, Layouts, frames_of
from ..layout.fields import shown
from .capabilities import Capabilities
from .field_names import label_of, plain_fields, score_of
from .format import Format
from .parsing import UNSAID, Context
from .placing import Candidate, Placing
from .units import CORNERS, placed
from .values import (
    BrokenValue,
    kept,
    kept_field,
    phrase_of,
    read_coordinate,
    read_data,
    read_fields,
    read_frames,
    read_items,
    sequence,
)

SIDES = ("x", "y", "width", "height")
OTHERS = frozenset(("class", "class_id", "confidence", "detection_id", "type", "bbox", "keypoints"))
"""Fields of programs whose x and y may be the centre, and of other formats."""


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is the picture that the pixels belong to, which the data do not tell"""
    source = context.source
    value, placing = read_data(data, source), Placing(context, "BOUNDING_BOX")
    if isinstance(value, Mapping):
        frames, framed = [[value]], False
    else:
        items = read_items(value, "boxes or frames", source)
        framed = bool(items) and not isinstance(items[0], Mapping)
        frames = read_frames(items, source) if framed else [items]
    candidates = [
        _frame(frame, placing, f"{source}: frame {number}" if framed else source)
        for number, frame in enumerate(frames, 1)
    ]
    return sequence(placed(candidates, placing), source)


def dump(layouts: Layouts, context: Context = UNSAID) -> list[list[dict[str, Any]]]:
    """A list for each frame, in whole pixels, with the phrase as `label`."""
    return [[_dump(entity, layout) for entity in layout.entities] for layout in frames_of(layouts)]


def is_box(value: Any) -> bool:
    return isinstance(value, Mapping) and all(side in value for side in SIDES)


def recognises(value: Any) -> bool:
    """A box, boxes, or frames of them, none of which has fields of other programs."""
    if isinstance(value, list | tuple) and value:
        frames = [item for item in value if not isinstance(item, list | tuple) or item]
        if frames and all(isinstance(item, list | tuple) for item in frames):
            return recognises(frames[0]) and not isinstance(frames[0][0], list | tuple)
        return any(_is_own(item) for item in value) and not any(_is_foreign(i) for i in value)
    return _is_own(value)


def _is_own(value: Any) -> bool:
    return is_box(value) and not _is_foreign(value)


def _is_foreign(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(OTHERS & value.keys())


def _frame(value: Any, placing: Placing, where: str) -> list[Candidate]:
    candidates: list[Candidate] = []
    order = placing.context.options.order
    corners_of = CORNERS["cxcywh" if order == "cxcywh" else "xywh"]
    for number, item in enumerate(read_items(value, "boxes", where), 1):
        place = f"{where}: box {number}"
        with placing.row():
            if not is_box(item):
                raise BrokenValue(
                    f"{place}: {shown(item)}; expected an object with x, y, width and height in "
                    "pixels."
                )
            sides = [read_coordinate(item[side], f"{place}: {side}") for side in SIDES]
            extra = kept(
                score=item.get("score", score_of(plain_fields(item))),
                metadata=item.get("metadata"),
            )
            text = _phrase(read_fields(item, place))
            candidates.append(placing.candidate(corners_of(*sides), place, text, extra))
    return candidates


def _phrase(item: Mapping[str, Any]) -> str:
    """The label, else what the editor's state describes; `text` is lettering in the picture."""
    metadata = item.get("metadata")
    described = metadata.get("desc") if isinstance(metadata, Mapping) else None
    lettering = metadata.get("text") if isinstance(metadata, Mapping) else None
    found = (phrase_of(value) for value in (item.get("label"), described, lettering))
    return next((phrase for phrase in found if phrase), "") or label_of(plain_fields(item))


def _dump(entity: Entity, layout: Layout) -> dict[str, Any]:
    x0, y0, x1, y1 = (round(value) for value in entity.box.pixels(layout.width, layout.height))
    x0, y0 = min(x0, layout.width - 1), min(y0, layout.height - 1)
    box: dict[str, Any] = {
        "x": x0,
        "y": y0,
        "width": max(x1 - x0, 1),
        "height": max(y1 - y0, 1),
    }
    more = {name: kept_field(entity, name) for name in ("score", "metadata")}
    if entity.text:
        box["label"] = entity.text
    return box | {name: value for name, value in more.items() if value is not None}


FORMAT = Format(
    name="BOUNDING_BOX",
    sign="`x`, `y`, `width`, `height`, and no fields of services that write the centre",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("BOUNDING_BOX", "BOUNDING_BOXES", "BOUNDINGBOX"),
    needs="picture",
    capabilities=Capabilities(frames=True, scores=True),
)
