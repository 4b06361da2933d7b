"""Places that vision models write between words, in tags of their own.

Florence-2 `dog<loc_100><loc_100><loc_299><loc_499>` (thousandths), PaliGemma
`<loc0102><loc0102><loc0512><loc0307> dog` (of 1024, row first), Qwen-VL and InternVL
`<ref>dog</ref><box>(100,100),(299,499)</box>` (thousandths), Kosmos-2
`<phrase>a dog</phrase><object><patch_index_0099><patch_index_0521></object>` (a grid of 32).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import GligenError
from ..layout import Layouts
from ..layout.fields import MAX_ITEMS, shown
from .format import Format
from .parsing import Context
from .placing import Candidate, Placing
from .units import placed
from .values import phrase_of, read_prose, sequence

BINS = 1024  # of PaliGemma's places
GRID = 32  # of Kosmos-2's patches
THOUSAND = 1000

_FLORENCE = re.compile(r"([^<>]{0,300})((?:<loc_\d{1,4}>){4,80})")
_PALIGEMMA = re.compile(r"((?:<loc\d{4}>){4})([^<>;]{0,300})")
_REFERRED = re.compile(
    r"(?:<ref>|<\|object_ref_start\|>)([^<>]{0,300})(?:</ref>|<\|object_ref_end\|>)\s*"
    r"(?:<box>|<\|box_start\|>)([\d\s.,()\[\]]{1,2000})(?:</box>|<\|box_end\|>)"
)
_KOSMOS = re.compile(
    r"<phrase>([^<>]{0,300})</phrase>\s*<object>((?:<patch_index_\d{4}>){2}"
    r"(?:</delimiter_of_multi_objects/>(?:<patch_index_\d{4}>){2}){0,40})</object>"
)
_SIGNS = (
    ("<loc_", _FLORENCE),
    ("<loc", _PALIGEMMA),
    ("<box>", _REFERRED),
    ("<|box_start|>", _REFERRED),
    ("<patch_index_", _KOSMOS),
)
"""What text must hold before a pattern is tried on it, which takes longer."""
_TOKENS = re.compile(r"</?s>|<pad>|</?[A-Z_]{2,40}>")  # of the models, around their answers

Found = Iterator[tuple[str, tuple[float, ...]]]


def parse(data: Any, context: Context) -> Layouts:
    """context: its canvas is the size of the picture, for display"""
    text = _TOKENS.sub("", read_prose(data, context.source))
    placing = Placing(context, "tags of a vision model")
    candidates: list[Candidate] = []
    for phrase, corners in _found(text):
        if len(candidates) >= MAX_ITEMS:
            raise GligenError(f"{context.source}: more than {MAX_ITEMS:,} places.")
        where = f"{context.source}: place {len(candidates) + 1}"
        candidates.append(placing.candidate(corners, where, phrase_of(phrase.strip(" ,.;"))))
    if not candidates:
        raise GligenError(f"{context.source}: no whole place in {shown(text)}.")
    context.tally.units = "thousandths"
    return sequence(placed([candidates], placing, units="fractions"), context.source)


def recognises(value: Any) -> bool:
    """Text with a whole place in tags."""
    return isinstance(value, str) and any(
        sign in value and pattern.search(value) for sign, pattern in _SIGNS
    )


def _found(text: str) -> Found:
    """(phrase, x0 y0 x1 y1 in fractions) of the first kind of tags that the text has."""
    for match in _FLORENCE.finditer(text) if "<loc_" in text else ():
        numbers = [int(word) / THOUSAND for word in re.findall(r"\d+", match[2])]
        for each in _fours(numbers):
            yield match[1], each
    for match in _PALIGEMMA.finditer(text) if "<loc" in text else ():
        y0, x0, y1, x1 = (int(word) / BINS for word in re.findall(r"\d+", match[1]))
        yield match[2], (x0, y0, x1, y1)
    for match in _REFERRED.finditer(text):
        numbers = [
            float(word) / THOUSAND for word in re.findall(r"\d{1,5}(?:\.\d{1,9})?", match[2])
        ]
        for each in _fours(numbers):
            yield match[1], each
    for match in _KOSMOS.finditer(text):
        patches = [int(word) for word in re.findall(r"\d{4}", match[2])]
        for first, last in zip(patches[::2], patches[1::2], strict=False):
            yield (
                match[1],
                (
                    first % GRID / GRID,
                    first // GRID / GRID,
                    (last % GRID + 1) / GRID,
                    (last // GRID + 1) / GRID,
                ),
            )


def _fours(numbers: list[float]) -> Iterator[tuple[float, ...]]:
    for start in range(0, len(numbers) - 3, 4):
        yield tuple(numbers[start : start + 4])


FORMAT = Format(
    name="tags",
    title="tags of vision models",
    sign="`<loc_...>`, `<ref>` with `<box>`, `<patch_index_...>`",
    recognises=recognises,
    parse=parse,
    suffix=".txt",
    is_text=True,
    is_prose=True,
)
