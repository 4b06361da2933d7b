"""What a format can carry of a layout. Tests hold it: parse(dump(x)) == reduced(x, row)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..geometry import Box
from ..layout import Entity, Layout, Layouts, Pose, frames_of, still_or_sequence
from ..skeletons import Joint

Grid = Literal["exact", "pixels", "thousandths"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What of a layout comes back out of a format.

    grid: how exact places are · frames: several layouts · canvas: its own size
    scores: how sure a detector was · visibility: how sure of a joint ("no": only seen or not)
    """

    boxes: bool = True
    phrases: bool = True
    poses: bool = False
    frames: bool = False
    canvas: bool = False
    ids: bool = False
    strength: bool = False
    scores: bool = False
    visibility: Literal["exact", "halves", "no"] = "no"
    images: bool = False
    grid: Grid = "pixels"


def reduced(layouts: Layouts, row: Capabilities) -> Layouts:
    """What is left of a layout that went through a format."""
    frames = frames_of(layouts)
    if not row.frames:
        frames = frames[:1]
    return still_or_sequence(_reduced(layout, row) for layout in frames)


def _reduced(layout: Layout, row: Capabilities) -> Layout:
    entities = tuple(
        _reduced_entity(entity, number, layout, row)
        for number, entity in enumerate(layout.entities if row.boxes else (), 1)
    )
    poses = tuple(
        replace(
            pose,
            id=pose.id if row.ids else f"p{number}",
            joints=tuple(_reduced_joint(joint, row) for joint in pose.joints),
            extra=pose.extra if row.ids else (),
        )
        for number, pose in enumerate(layout.poses if row.poses else (), 1)
        if row.ids or _has_joints(pose)
    )
    blank = Layout()
    return Layout(
        entities,
        poses,
        width=layout.width if row.canvas else blank.width,
        height=layout.height if row.canvas else blank.height,
        extra=layout.extra if row.ids else (),
    )


def _reduced_entity(entity: Entity, number: int, layout: Layout, row: Capabilities) -> Entity:
    kept = tuple(item for item in entity.extra if item[0] == "score") if row.scores else ()
    return Entity(
        id=entity.id if row.ids else f"e{number}",
        box=_on_grid(entity.box, layout, row.grid),
        text=entity.text if row.phrases else "",
        image=entity.image if row.images else None,
        strength=entity.strength if row.strength else 1.0,
        use_text=entity.use_text if row.images else 1.0,
        use_image=entity.use_image if row.images else 1.0,
        extra=entity.extra if row.ids else kept,
    )


def _reduced_joint(joint: Joint, row: Capabilities) -> Joint:
    if row.ids:
        return joint
    if joint.visible <= 0:
        return Joint(0.0, 0.0, 0.0)
    if row.visibility == "exact":
        return joint
    halves = 0.5 if row.visibility == "halves" and joint.visible <= 0.5 else 1.0
    return Joint(joint.x, joint.y, halves)


def _has_joints(pose: Pose) -> bool:
    return any(joint.visible > 0 for joint in pose.joints)


def _on_grid(box: Box, layout: Layout, grid: Grid) -> Box:
    if grid == "exact":
        return box
    width, height = (1000, 1000) if grid == "thousandths" else (layout.width, layout.height)
    x0, y0, x1, y1 = (round(value) for value in box.pixels(width, height))
    x0, y0 = min(x0, width - 1), min(y0, height - 1)
    return Box(x0 / width, y0 / height, max(x1, x0 + 1) / width, max(y1, y0 + 1) / height)
