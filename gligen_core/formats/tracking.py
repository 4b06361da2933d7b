"""TRACKING of the InstanceDiffusion nodes: boxes of each thing, frame by frame.

`{class name: {id: [[x0, y0, x1, y1, width, height], ...]}}`: pixels, and the canvas they are of.
The list counts frames; comfyui_controlnet_aux writes an object with frame numbers as keys instead,
which alone can say that a thing is absent. Phrases come as a second text, `"id.class": "(text)",`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import GligenError
from ..layout import Layouts, frames_of
from ..layout.fields import MAX_BOXES, MAX_ITEMS, shown
from ..layout.read import MAX_LAYOUTS
from .capabilities import Capabilities
from .format import Format
from .parsing import UNSAID, Canvas, Context
from .placing import Candidate, Placing
from .units import space_of
from .values import (
    BrokenValue,
    phrase_of,
    read_coordinate,
    read_data,
    read_fields,
    read_items,
    read_prose,
    sequence,
)

NUMBERS = 6  # of a box: its corners, then the canvas
_PROMPT = re.compile(r'"([^"\n]{1,200})"\s*:\s*"([^"\n]{0,1000})"')


def parse(data: Any, context: Context) -> Layouts:
    """A layout for each frame; a thing keeps its id, `id.class`, through all of them.

    The options' prompts are the nodes' second output. Things it does not name are called by their
    class.
    """
    source = context.source
    phrases = _phrases(read_prose(context.options.prompts, f"{source}: prompts"))
    placing = Placing(context, "TRACKING")
    classes = read_fields(read_data(data, source), source)
    count = _count(classes)
    if count > MAX_BOXES:
        raise GligenError(
            f"{source}: {count:,} boxes in all frames; at most {MAX_BOXES:,} are read."
        )
    frames, canvas = _tracked(classes, phrases, placing)
    if canvas is None:
        placing.check()
        raise GligenError(f"{source}: no boxes in any frame.")
    space = space_of((box for boxes in frames.values() for box in boxes), context, canvas)
    layouts = [
        canvas.layout(placing.entities(frames.get(number, ()), space))
        for number in range(max(frames) + 1)
    ]
    placing.check(space)
    return sequence(layouts, source)


def _tracked(
    classes: Mapping[str, Any], phrases: Mapping[str, str], placing: Placing
) -> tuple[dict[int, list[Candidate]], Canvas | None]:
    """Boxes by frame, and the canvas that they tell."""
    source, canvas = placing.source, None
    frames: dict[int, list[Candidate]] = {}
    for class_name, things in classes.items():
        for thing, track in read_fields(things, f"{source}: {shown(class_name)}").items():
            name = f"{thing}.{class_name}"
            text = phrases.get(name) or phrase_of(class_name)
            for frame, value in _frames(track, f"{source}: {shown(name)}"):
                where = f"{source}: {shown(name)}, frame {frame}"
                there = frames.setdefault(frame, [])
                with placing.row():
                    numbers = _numbers(value, where)
                    size = Canvas.read(numbers[4], numbers[5], where)
                    if canvas is not None and size != canvas:
                        raise GligenError(
                            f"{where}: a canvas of {size.width} x {size.height}, elsewhere "
                            f"{canvas.width} x {canvas.height}; expected one for all."
                        )
                    canvas = size
                    there.append(placing.candidate(numbers[:4], where, text, id=name))
    return frames, canvas


def dump(layouts: Layouts, context: Context = UNSAID) -> dict[str, dict[str, Any]]:
    """Phrases become classes; the id in front of `.class` is kept. Whole pixels.

    A track is a list where the thing is there from the first frame on without a gap, else an
    object of frame numbers. Of the canvases the first one holds.
    """
    frames = frames_of(layouts)
    canvas = Canvas.of(frames[0])
    tracks: dict[str, dict[str, dict[int, list[int]]]] = {}
    for number, layout in enumerate(frames):
        for entity in layout.entities:
            thing = entity.id.removesuffix(f".{entity.text}")
            pixels = [round(value) for value in entity.box.pixels(canvas.width, canvas.height)]
            track = tracks.setdefault(entity.text, {}).setdefault(thing, {})
            track[number] = [*pixels, canvas.width, canvas.height]
    return {
        name: {thing: _dump_track(track) for thing, track in things.items()}
        for name, things in tracks.items()
    }


def recognises(value: Any) -> bool:
    """Classes of things of frames: lists, or objects of whole frame numbers, with six numbers a
    frame."""
    if not isinstance(value, Mapping) or not value:
        return False
    if not all(isinstance(things, Mapping) for things in value.values()):
        return False
    tracks = [track for things in value.values() for track in things.values()]
    return bool(tracks) and all(_is_track(track) for track in tracks[:100])


def _is_track(track: Any) -> bool:
    if isinstance(track, Mapping):
        if not all(str(key).isascii() and str(key).isdecimal() for key in track):
            return False
        track = list(track.values())
    if not isinstance(track, list | tuple):
        return False
    there = [value for value in track[:100] if value is not None]
    return all(isinstance(value, list | tuple) and len(value) == NUMBERS for value in there)


def _phrases(prompts: str) -> dict[str, str]:
    """`"1.cat": "((a black cat))",` -> phrases without their brackets."""
    return {name: phrase_of(text.strip("() ")) for name, text in _PROMPT.findall(prompts)}


def _count(classes: Mapping[str, Any]) -> int:
    """Boxes in all that looks like a track."""
    tracks = (
        track
        for things in classes.values()
        if isinstance(things, Mapping)
        for track in things.values()
    )
    return sum(len(track) for track in tracks if isinstance(track, list | tuple | Mapping))


def _frames(track: Any, where: str) -> list[tuple[int, Any]]:
    """(frame from 0, box) of one thing; None stands for absent."""
    if isinstance(track, Mapping):
        if len(track) > MAX_ITEMS:
            raise GligenError(f"{where}: {len(track):,} frames; at most {MAX_ITEMS:,} are read.")
        numbered = [(_frame_number(key, where), value) for key, value in track.items()]
    else:
        numbered = list(enumerate(read_items(track, "frames", where, MAX_LAYOUTS)))
    return [(number, value) for number, value in numbered if value is not None]


def _frame_number(key: Any, where: str) -> int:
    text = str(key)
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) >= MAX_LAYOUTS:
        raise GligenError(
            f"{where}: {shown(key)} is no frame number; expected 0 to {MAX_LAYOUTS - 1}."
        )
    return int(text)


def _numbers(value: Any, where: str) -> list[float]:
    numbers = read_items(value, "numbers", where)
    if len(numbers) != NUMBERS:
        raise BrokenValue(
            f"{where}: {shown(value)}; expected {NUMBERS} numbers: x0, y0, x1, y1, width, height."
        )
    return [read_coordinate(number, where) for number in numbers]


def _dump_track(track: dict[int, list[int]]) -> Any:
    return list(track.values()) if list(track) == list(range(len(track))) else track


FORMAT = Format(
    name="TRACKING",
    sign="`{class: {id: frames}}`, six numbers a frame",
    recognises=recognises,
    parse=parse,
    dump=dump,
    types=("TRACKING",),
    capabilities=Capabilities(frames=True, canvas=True),
)
