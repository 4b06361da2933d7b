"""Tracking from frame to frame: detections get ids that last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..errors import GligenError
from ..geometry import Box
from .types import Entity, Layout, LayoutSequence, Pose, claim_id

MAX_TRACKED = 1000  # things in a frame, or the pairs are too many
LEAST_IOU = 0.3  # of a box with itself a frame later
PATIENCE = 5  # frames after which a thing that is gone is forgotten


class Track(NamedTuple):
    """A thing, where it was seen last, and how many frames ago."""

    id: str
    text: str
    box: Box
    age: int


class Seen(NamedTuple):
    """A detection in the frame at hand."""

    text: str
    box: Box | None


def match_ids(
    sequence: LayoutSequence, least_iou: float = LEAST_IOU, patience: int = PATIENCE
) -> LayoutSequence:
    """The sequence with one id for each thing through all frames.

    A thing is the one of the same phrase that overlaps it most (IoU of `least_iou` or more) in the
    last frame that had it, up to `patience` frames back; failing that, the only one of its phrase.
    The first frame's ids stay.
    """
    entities = _Tracker("e", least_iou, patience)
    poses = _Tracker("p", least_iou, patience)
    return sequence.map(lambda layout: _matched(layout, entities, poses))


def _matched(layout: Layout, entities: _Tracker, poses: _Tracker) -> Layout:
    ids = entities.ids([Seen(e.text, e.box) for e in layout.entities], _ids(layout.entities))
    pose_ids = poses.ids([Seen("", pose.box) for pose in layout.poses], _ids(layout.poses))
    return replace(
        layout,
        entities=tuple(replace(e, id=i) for e, i in zip(layout.entities, ids, strict=True)),
        poses=tuple(replace(p, id=i) for p, i in zip(layout.poses, pose_ids, strict=True)),
    )


def _ids(things: Sequence[Entity] | Sequence[Pose]) -> list[str]:
    return [thing.id for thing in things]


class _Tracker:
    """Things of one kind, as they were seen so far."""

    def __init__(self, prefix: str, least_iou: float, patience: int) -> None:
        self._prefix, self._least_iou, self._patience = prefix, least_iou, patience
        self._tracks: list[Track] = []
        self._taken: set[str] = set()

    def ids(self, things: Sequence[Seen], wanted: Sequence[str]) -> list[str]:
        """An id for each thing of the next frame; `wanted` are for those that are new."""
        if len(things) > MAX_TRACKED:
            raise GligenError(
                f"{len(things):,} things in one frame; at most {MAX_TRACKED:,} are followed. "
                "Keep the surest or the largest."
            )
        found = self._by_overlap(things)
        found |= self._by_phrase(things, found)
        ids = [
            found[n].id if n in found else claim_id(wanted[n], self._prefix, self._taken)
            for n in range(len(things))
        ]
        now = {
            id_: Track(id_, thing.text, thing.box, 0)
            for id_, thing in zip(ids, things, strict=True)
            if thing.box is not None
        }
        older = (track._replace(age=track.age + 1) for track in self._tracks if track.id not in now)
        self._tracks = [*now.values(), *(track for track in older if track.age <= self._patience)]
        return ids

    def _by_overlap(self, things: Sequence[Seen]) -> dict[int, Track]:
        """Matches by overlap, number of a thing -> its track; the pair of the largest IoU first."""
        pairs = [
            (thing.box.iou(track.box), number, track)
            for number, thing in enumerate(things)
            for track in self._tracks
            if thing.box is not None and thing.text == track.text
        ]
        found: dict[int, Track] = {}
        gone: set[str] = set()
        for iou, number, track in sorted(pairs, key=lambda pair: -pair[0]):
            if iou >= self._least_iou and number not in found and track.id not in gone:
                found[number] = track
                gone.add(track.id)
        return found

    def _by_phrase(self, things: Sequence[Seen], found: dict[int, Track]) -> dict[int, Track]:
        """Matches by phrase, for things that are the only ones left of it, wherever they are."""
        gone = {track.id for track in found.values()}
        left = [track for track in self._tracks if track.id not in gone]
        lost = [number for number in range(len(things)) if number not in found]
        alone = Counter(things[number].text for number in lost)
        tracks = Counter(track.text for track in left)
        by_text = {track.text: track for track in left if tracks[track.text] == 1 and track.text}
        return {
            number: by_text[things[number].text]
            for number in lost
            if alone[things[number].text] == 1 and things[number].text in by_text
        }
