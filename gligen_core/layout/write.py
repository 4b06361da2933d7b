"""Writer of layout JSON, version 1."""

from __future__ import annotations

import json
from typing import Any

from .types import Entity, Extra, Layout, LayoutSequence, Pose


def dump_layout(layout: Layout) -> dict[str, Any]:
    """The JSON object that `parse_layout` reads back to an equal layout. Unknown fields last."""
    return {
        "version": layout.version,
        "width": layout.width,
        "height": layout.height,
        "entities": [_dump_entity(entity) for entity in layout.entities],
        "poses": [_dump_pose(pose) for pose in layout.poses],
    } | _dump_extra(layout.extra)


def dump_sequence(sequence: LayoutSequence) -> list[dict[str, Any]]:
    """The JSON list of a sequence: one object per layout."""
    return [dump_layout(layout) for layout in sequence.layouts]


def _dump_entity(entity: Entity) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": entity.id,
        "text": entity.text,
        "box": list(entity.box.as_tuple()),
        "strength": entity.strength,
        "image": entity.image,
    }
    # Only text+image models read these two, so they appear only where someone set them.
    if entity.use_text != 1:
        fields["use_text"] = entity.use_text
    if entity.use_image != 1:
        fields["use_image"] = entity.use_image
    return fields | _dump_extra(entity.extra)


def _dump_pose(pose: Pose) -> dict[str, Any]:
    joints = [list(joint) for joint in pose.joints]
    return {"id": pose.id, "joints": joints} | _dump_extra(pose.extra)


def _dump_extra(extra: Extra) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in extra}
