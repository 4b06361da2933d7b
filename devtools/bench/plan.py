"""Plan of the bench: cases that differ from a base in one thing each, and how long each may take.

On a CPU, where a step takes seconds, the full product of the axes would take hours; there the cases
form a star around the base, and the slow ones run the fewest steps. On a GPU the product is run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

Device = Literal["cpu", "cuda"]

PLAIN = "plain"
FOUR = (PLAIN, "stock", "open", "shut", "diffusers")
MOST_ROUNDS = 15
CELL_PX = 8  # of a latent
LATENT_CHANNELS = 4
SLOTS = 30  # `max_objs` of the official code


@dataclass(frozen=True, slots=True)
class Case:
    """Subjects that take turns on the same job.

    subjects: names of SUBJECTS · width_px, height_px: of the picture · batch: pictures, each of
    which the UNet sees twice, once per side of the guidance · dtype: name in torch
    steps: of one run · least: rounds, however long they take · seconds: no round begins that would
    end later
    """

    subjects: tuple[str, ...] = FOUR
    boxes: int = 4
    width_px: int = 512
    height_px: int = 512
    batch: int = 1
    dtype: str = "float32"
    steps: int = 1
    least: int = 3
    seconds: float = 60.0

    @property
    def size(self) -> str:
        return f"{self.width_px} x {self.height_px}"

    @property
    def counted(self) -> str:
        """The boxes."""
        return f"{self.boxes} box{'es' * (self.boxes != 1)}"

    @property
    def title(self) -> str:
        return f"{self.size}, batch {self.batch}, {self.counted}, {self.dtype}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Cases by section, and the sizes of the sections that are not of cases.

    pictures: of the demo model, per shortcut · layouts, tries: of the closed loop
    peak: the case whose subjects are weighed, and their kernels counted
    """

    steps: tuple[Case, ...]
    phases: tuple[Case, ...]
    overhead: tuple[Case, ...]
    growth: dict[str, tuple[Case, ...]]
    shortcuts: tuple[Case, ...]
    peak: Case
    pictures: int
    layouts: int
    tries: int


def plan(device: Device, quick: bool, shortcuts: tuple[str, ...]) -> Plan:
    """shortcuts: names of subjects"""
    if device == "cuda":
        return _on_cuda(quick, shortcuts)
    return _quick_on_cpu(shortcuts) if quick else _on_cpu(shortcuts)


def star(base: Case, *changes: Case) -> tuple[Case, ...]:
    """The base, and the cases beside it; each differs from it in one axis, or it is no star."""
    for case in changes:
        sizes = (case.width_px, case.height_px) != (base.width_px, base.height_px)
        axes = (case.boxes != base.boxes, sizes, case.batch != base.batch, case.dtype != base.dtype)
        assert sum(axes) == 1, case
    return (base, *changes)


def _square(base: Case, side_px: int, **changes: object) -> Case:
    return replace(base, width_px=side_px, height_px=side_px, **changes)  # type: ignore[arg-type]


def _on_cpu(shortcuts: tuple[str, ...]) -> Plan:
    """Long runs rather than many: single steps differ by a tenth, and six of them even that out."""
    base = _square(Case(steps=6), 256, seconds=600)
    beside = replace(base, steps=4, seconds=320)
    pair = replace(base, subjects=(PLAIN, "open"), steps=1, least=1, seconds=20)
    small = _square(pair, 128)
    shortened = replace(base, subjects=(PLAIN, "open", *shortcuts), least=2, seconds=600)
    # Merging pays where there are many visual tokens; reuse is there to compare.
    at_large = tuple(name for name in shortcuts if name in ("reuse 3", "reuse 8", "merge"))
    return Plan(
        steps=star(
            replace(base, subjects=(*FOUR, "open, fp16 file")),
            replace(beside, boxes=1),
            replace(beside, boxes=30),
            replace(beside, batch=4, steps=2, seconds=500),
            _square(beside, 512, steps=2, seconds=600),
            replace(beside, width_px=768, height_px=512, steps=2, seconds=900),
        ),
        phases=(replace(small, subjects=(PLAIN, "phases"), steps=50, least=2, seconds=340),),
        overhead=(OVERHEAD,),
        growth={
            "boxes": tuple(replace(small, boxes=n) for n in (1, 4, 10, 30, 100, 300)),
            "pixels": tuple(_square(pair, side) for side in (256, 512, 768, 1024)),
            "batch": tuple(replace(small, batch=n) for n in (1, 2, 4, 8, 16)),
        },
        shortcuts=(
            shortened,
            _square(shortened, 512, subjects=(PLAIN, "open", *at_large), seconds=1200),
        ),
        peak=_square(base, 512, steps=1),
        pictures=12,
        layouts=12,
        tries=4,
    )


def _quick_on_cpu(shortcuts: tuple[str, ...]) -> Plan:
    base = _square(Case(least=2), 192, seconds=40)
    small = _square(replace(base, least=1, seconds=15), 128)
    tiny = _square(small, 64)
    pair = replace(small, subjects=(PLAIN, "open"), seconds=4)
    return Plan(
        steps=(base, replace(small, boxes=30), replace(tiny, batch=4)),
        phases=(replace(tiny, subjects=(PLAIN, "phases"), steps=4, seconds=12),),
        overhead=(replace(OVERHEAD, seconds=10),),
        growth={
            "boxes": tuple(replace(pair, boxes=n) for n in (1, 30, 300)),
            "pixels": tuple(_square(pair, side) for side in (64, 128, 192)),
            "batch": tuple(replace(_square(pair, 64), batch=n) for n in (1, 4)),
        },
        shortcuts=(replace(tiny, subjects=(PLAIN, "open", *shortcuts), steps=3),),
        peak=replace(small, subjects=(PLAIN, "open")),
        pictures=3,
        layouts=2,
        tries=2,
    )


def _on_cuda(quick: bool, shortcuts: tuple[str, ...]) -> Plan:
    base = Case(dtype="float16", steps=10, least=3 if quick else 5, seconds=6 if quick else 12)
    axes = product(("float16", "bfloat16"), ((512, 512), (768, 512)), (1, 4), (4, 1, 30))
    cases = tuple(
        replace(base, dtype=dtype, width_px=width, height_px=height, batch=batch, boxes=boxes)
        for dtype, (width, height), batch, boxes in axes
    )
    pair = replace(base, subjects=(PLAIN, "open"), least=3, seconds=5)
    return Plan(
        steps=cases[:3] if quick else cases,
        phases=(replace(base, subjects=(PLAIN, "phases"), steps=50, seconds=30),),
        overhead=(replace(OVERHEAD, dtype="float16"),),
        growth={
            "boxes": tuple(replace(pair, boxes=n) for n in (1, 4, 10, 30, 100, 300)),
            "pixels": tuple(_square(pair, side) for side in (256, 384, 512, 640, 768, 896, 1024)),
            "batch": tuple(replace(pair, batch=n) for n in (1, 2, 4, 8, 16)),
        },
        shortcuts=(replace(base, subjects=(PLAIN, "open", *shortcuts), steps=12, seconds=30),),
        peak=base,
        pictures=3 if quick else 12,
        layouts=2 if quick else 8,
        tries=2 if quick else 4,
    )


# On a UNet of minute size nothing but the host's work is left.
OVERHEAD = Case(
    subjects=(PLAIN, "stock", "open", "shut"), width_px=64, height_px=64, steps=20, seconds=25
)
