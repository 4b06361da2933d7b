"""The host's BOUNDING_BOX: `{"x", "y", "width", "height"}` in pixels from the top left corner.

On a wire it may be one such object, a flat list (one picture) or a list of lists (one for each
frame), as objects or as JSON. `label`, `score` and `metadata` may say more; the host's
CreateBoundingBoxes drops labels here and gives them on its `elements` only (see `elements`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, LayoutSequence, frames_of
from ..layout.fields import shown
from .reading import (
    Canvas,
    Placing,
    corners_of,
    kept,
    kept_field,
    phrase_of,
    read_coordinate,
    read_data,
    read_frames,
    read_items,
    sequence,
)

SIDES = ("x", "y", "width", "height")


def parse(
    data: Any,
    canvas: Canvas | None = None,
    source: str = "BOUNDING_BOX",
    warnings: list[str] | None = None,
) -> LayoutSequence:
    """canvas: size of the picture that the pixels belong to, which the data do not tell"""
    value, canvas = read_data(data, source), canvas or Canvas()
    placing = Placing(source, warnings)
    if isinstance(value, Mapping):
        frames, framed = [[value]], False
    else:
        items = read_items(value, "boxes or frames", source)
        framed = bool(items) and not isinstance(items[0], Mapping)
        frames = read_frames(items, source) if framed else [items]
    layouts = [
        _frame(frame, canvas, placing, f"{source}: frame {number}" if framed else source)
        for number, frame in enumerate(frames, 1)
    ]
    placing.check()
    return sequence(layouts, source)


def dump(layouts: Layouts) -> list[list[dict[str, Any]]]:
    """A list for each frame, in whole pixels, with the phrase as `label`."""
    return [[_dump(entity, layout) for entity in layout.entities] for layout in frames_of(layouts)]


def is_box(value: Any) -> bool:
    return isinstance(value, Mapping) and all(side in value for side in SIDES)


def _frame(value: Any, canvas: Canvas, placing: Placing, where: str) -> Layout:
    entities: list[Entity] = []
    for number, item in enumerate(read_items(value, "boxes", where), 1):
        place = f"{where}: box {number}"
        if not isinstance(item, Mapping) or not is_box(item):
            raise GligenError(
                f"{place}: {shown(item)}; expected an object with x, y, width and height in pixels."
            )
        corners = corners_of(*(read_coordinate(item[side], f"{place}: {side}") for side in SIDES))
        box = placing.box(corners, canvas, place)
        if box is not None:
            entities.append(
                Entity(
                    f"e{len(entities) + 1}",
                    box,
                    _phrase(item),
                    extra=kept(score=item.get("score"), metadata=item.get("metadata")),
                )
            )
    return canvas.layout(entities)


def _phrase(item: Mapping[str, Any]) -> str:
    """The label, else what the editor's state describes; `text` is lettering in the picture."""
    metadata = item.get("metadata")
    described = metadata.get("desc") if isinstance(metadata, Mapping) else None
    lettering = metadata.get("text") if isinstance(metadata, Mapping) else None
    found = (phrase_of(value) for value in (item.get("label"), described, lettering))
    return next((phrase for phrase in found if phrase), "")


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
