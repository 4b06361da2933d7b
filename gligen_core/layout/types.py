"""Entities, poses and the layout that holds them. Nothing here can be changed, only replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from ..errors import GligenError
from ..geometry import Box
from ..skeletons import JOINT_COUNT, Joint, bounding_box, remedy_for
from ..text import writable
from .colours import with_its_colour

VERSION = 1
DEFAULT_SIDE_PX = 512
MAX_SCORE = 1e9
NAMED_IN_ERRORS = 5  # how many entities a message lists before it says "..."

Thing = TypeVar("Thing", "Entity", "Pose")
Overflow = Literal["error", "keep largest"]

# Fields this version does not know, as (name, JSON text): kept for the round trip, never read.
Extra = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing and its place.

    image: row of the batch of reference images, from 0, or None.
    strength: 1 is the trained token, 0 the learned "nobody here", between them a mixture.
    use_text, use_image: 0..1, the official text and image masks (text+image models only).
    """

    id: str
    box: Box
    text: str = ""
    image: int | None = None
    strength: float = 1.0
    use_text: float = 1.0
    use_image: float = 1.0
    extra: Extra = ()

    def __post_init__(self) -> None:
        _make_writable(self, "id", "text")

    @property
    def score(self) -> float:
        """Score of the detector that found it (its unknown field `score`); 1 if none was."""
        score = json.loads(dict(self.extra).get("score", "1"))
        is_number = isinstance(score, int | float) and not isinstance(score, bool)
        # A whole number of hundreds of digits has no place among floats.
        return float(score) if is_number and abs(score) < MAX_SCORE else 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """One person: 17 joints in COCO order (`skeletons.COCO_JOINTS`)."""

    id: str
    joints: tuple[Joint, ...]
    extra: Extra = ()

    def __post_init__(self) -> None:
        _make_writable(self, "id")
        if len(self.joints) != JOINT_COUNT:
            raise GligenError(
                f"pose {self.id!r}: {len(self.joints)} joints; expected {JOINT_COUNT} in COCO's "
                f"order. {remedy_for(len(self.joints))}"
            )

    @property
    def box(self) -> Box | None:
        """The box around the joints that are there."""
        return bounding_box(self.joints)


@dataclass(frozen=True, slots=True)
class Layout:
    """Entities and poses on one canvas. Places are fractions, so width and height only display."""

    entities: tuple[Entity, ...] = ()
    poses: tuple[Pose, ...] = ()
    width: int = DEFAULT_SIDE_PX  # pixels
    height: int = DEFAULT_SIDE_PX  # pixels
    version: int = VERSION
    extra: Extra = ()

    def __post_init__(self) -> None:
        _make_writable(self)

    @property
    def prompt(self) -> str:
        """The layout's own `prompt` field if it has one, else its phrases joined by ", "."""
        own = dict(self.extra).get("prompt")
        prompt = json.loads(own) if own else None
        if isinstance(prompt, str) and prompt.strip():
            return prompt
        return ", ".join(entity.text for entity in self.entities if entity.text.strip())

    def with_entities(self, entities: Iterable[Entity]) -> Layout:
        """The layout with these entities in place of its own."""
        return replace(self, entities=tuple(entities))

    def joined(self, other: Layout) -> Layout:
        """This layout with the other's entities and poses added at the end.

        Where an id is taken, the newcomer gets a free one, and keeps the colour that its own canvas
        showed. The canvas stays this layout's.
        """
        taken = {entity.id for entity in self.entities}
        entities = tuple(_admitted(entity, "e", taken) for entity in other.entities)
        taken = {pose.id for pose in self.poses}
        poses = tuple(_admitted(pose, "p", taken) for pose in other.poses)
        return replace(self, entities=self.entities + entities, poses=self.poses + poses)

    def limit(self, maximum: int, overflow: Overflow = "error") -> Layout:
        """The layout with at most `maximum` entities, in their old order.

        "keep largest" drops those of the smallest area, as GLIGEN's training data does
        (dataset/tsv_dataset.py); "error" raises a GligenError that names them.
        """
        excess = len(self.entities) - maximum
        if excess <= 0:
            return self
        last_first = self.entities[::-1]  # of equal ones, the last in the layout goes first
        dropped = sorted(last_first, key=lambda entity: entity.box.area)[:excess]
        if overflow == "keep largest":
            gone = {entity.id for entity in dropped}
            return self.with_entities(e for e in self.entities if e.id not in gone)
        names = ", ".join(repr(entity.text or entity.id) for entity in dropped[:NAMED_IN_ERRORS])
        more = ", ..." if excess > NAMED_IN_ERRORS else ""
        raise GligenError(
            f"{len(self.entities)} objects in the layout; this checkpoint takes {maximum}. "
            f"Remove {excess} (the smallest are {names}{more}), "
            "or set `overflow` to 'keep largest'."
        )


@dataclass(frozen=True, slots=True)
class LayoutSequence:
    """One layout per frame, or per item of a batch; never empty."""

    layouts: tuple[Layout, ...]

    def __post_init__(self) -> None:
        if not self.layouts:
            raise GligenError("a layout sequence needs at least one layout; this one is empty.")

    @property
    def width(self) -> int:
        """Side of the first layout's canvas, in pixels."""
        return self.layouts[0].width

    @property
    def height(self) -> int:
        """Side of the first layout's canvas, in pixels."""
        return self.layouts[0].height

    def map(self, edit: Callable[[Layout], Layout]) -> LayoutSequence:
        """The sequence with the same edit in every layout."""
        return LayoutSequence(tuple(edit(layout) for layout in self.layouts))

    def joined(self, other: Layouts) -> LayoutSequence:
        """The sequence with the other's layouts added frame by frame; a still one goes to all.

        Of two sequences the shorter one holds its last layout.
        """
        ours, theirs = self.layouts, frames_of(other)
        pairs = ((_held(ours, n), _held(theirs, n)) for n in range(max(len(ours), len(theirs))))
        return LayoutSequence(tuple(one.joined(two) for one, two in pairs))


Layouts = Layout | LayoutSequence
"""A still layout, or one for each frame."""


def frames_of(layouts: Layouts) -> tuple[Layout, ...]:
    """Layouts by frame; a still one is a single frame."""
    return layouts.layouts if isinstance(layouts, LayoutSequence) else (layouts,)


def still_or_sequence(frames: Iterable[Layout]) -> Layouts:
    """The layout of a single frame, or the sequence of several."""
    sequence = LayoutSequence(tuple(frames))
    return sequence.layouts[0] if len(sequence.layouts) == 1 else sequence


def _held(frames: tuple[Layout, ...], number: int) -> Layout:
    return frames[min(number, len(frames) - 1)]


def _admitted(thing: Thing, prefix: str, taken: set[str]) -> Thing:
    id_ = claim_id(thing.id, prefix, taken)
    if id_ == thing.id:
        return thing
    return replace(thing, id=id_, extra=with_its_colour(thing) if thing.id else thing.extra)


def claim_id(wanted: str, prefix: str, taken: set[str]) -> str:
    """A free id: `wanted`, else the next of prefix1, prefix2, ...; marks it as taken."""
    id_, number = wanted, len(taken)
    while not id_ or id_ in taken:
        number += 1
        id_ = f"{prefix}{number}"
    taken.add(id_)
    return id_


def _make_writable(owner: Entity | Pose | Layout, *texts: str) -> None:
    """Makes texts and unknown fields writable, so that they can be shown, logged and saved."""
    for name in texts:
        value = getattr(owner, name)
        if isinstance(value, str) and (clean := writable(value)) is not value:
            object.__setattr__(owner, name, clean)
    if owner.extra:
        extra = tuple((writable(name), writable(text)) for name, text in owner.extra)
        object.__setattr__(owner, "extra", extra)
