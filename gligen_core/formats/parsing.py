"""What all readers share: the canvas, what a person said beside the data, and how boxes are placed.

A reader takes objects or text and a `Context`, and ends in a layout or in a GligenError that names
the place. It changes nothing it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout, Layouts, frames_of
from ..layout.fields import MAX_BOXES, MAX_SIDE_PX, shown
from ..text import logger
from .values import BrokenValue, read_coordinate

DEFAULT_SIDE_PX = 512
EDGE_TOLERANCE = 1e-6  # of the canvas: rounding deserves no word
SEVERAL = 2  # boxes beyond the canvas, from which its size is doubted

Order = Literal["xyxy", "xywh", "cxcywh", "yxyx"]
ORDERS: tuple[Order, ...] = get_args(Order)
Units = Literal["pixels", "fractions", "percent", "thousandths"]
UNITS: tuple[Units, ...] = get_args(Units)
People = Literal["boxes", "poses", "both"]
"""What a person with joints becomes."""

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture that pixels are counted in: whole pixels, 1 to 16384 a side.

    told: whether anybody said so; pixels on a canvas of untold size are refused
    """

    width: int = DEFAULT_SIDE_PX
    height: int = DEFAULT_SIDE_PX
    told: bool = True

    def __post_init__(self) -> None:
        for name, side in (("width", self.width), ("height", self.height)):
            if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= MAX_SIDE_PX:
                raise GligenError(
                    f"canvas: {name} is {shown(side)}; expected whole pixels, 1 to {MAX_SIDE_PX}."
                )

    @classmethod
    def of(cls, layout: Layout) -> Canvas:
        return cls(layout.width, layout.height)

    @classmethod
    def read(cls, width: Any, height: Any, where: str) -> Canvas:
        """The sizes that a source states about itself."""
        sides = [read_coordinate(side, where) for side in (width, height)]
        if not all(side.is_integer() and 1 <= side <= MAX_SIDE_PX for side in sides):
            raise GligenError(
                f"{where}: a canvas of {shown(width)} x {shown(height)} pixels; expected whole "
                f"pixels, 1 to {MAX_SIDE_PX} a side."
            )
        return cls(int(sides[0]), int(sides[1]))

    def layout(self, entities: Iterable[Entity] = (), **fields: Any) -> Layout:
        """A layout of this size."""
        return Layout(entities=tuple(entities), width=self.width, height=self.height, **fields)


FRACTIONS = Canvas(1, 1)
PERCENT = Canvas(100, 100)
THOUSANDTHS = Canvas(1000, 1000)
SPACES: dict[Units, Canvas] = {
    "fractions": FRACTIONS,
    "percent": PERCENT,
    "thousandths": THOUSANDTHS,
}
"""Of data that count in shares of the canvas, whatever its size."""

UNTOLD = Canvas(told=False)
"""For data that must tell their own size, or count in fractions."""

ASSUMED = Canvas()
"""Where nobody told the size: said back, and refused where boxes reach beyond it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can say beside the data.

    order, units: of four bare numbers · picture: file name or id of one of several
    phrases: one for each path or box · class_names: from class 0
    people: what COCO's people become · threshold: joints scored lower are missing · prompts:
    TRACKING's second text · box_px: of boxes on a path · normalised: points of paths are 0..1
    """

    order: Order | None = None
    units: Units | None = None
    picture: str | int | None = None
    phrases: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    people: People = "both"
    threshold: float = 0.3  # DWPose's own
    prompts: str = ""
    box_px: tuple[int, int] = (128, 128)  # as in the nodes that read coordinate strings
    normalised: bool = False
    will_be_named: bool = False  # boxes without a name deserve no word
    file_name: str = "layout.png"  # of a picture that is written about


NO_OPTIONS = Options()


@dataclass(slots=True)
class Tally:
    """What one reading found. units: "pixels of 1000 x 500" · left: reason -> number of boxes"""

    form: str = ""
    units: str = ""
    cut: int = 0
    left: Counter[str] = field(default_factory=Counter[str])

    def verdict(self, layouts: Layouts) -> str:
        """ "COCO results, pixels of 1000 x 500, 12 boxes, 2 cut at the edge" """
        frames = frames_of(layouts)
        boxes = sum(len(frame.entities) for frame in frames)
        poses = sum(len(frame.poses) for frame in frames)
        parts = [self.form, self.units]
        if boxes or not poses:
            parts.append(f"{boxes} box{'' if boxes == 1 else 'es'}")
        if poses:
            parts.append(f"{poses} pose{'' if poses == 1 else 's'}")
        if len(frames) > 1:
            parts.append(f"{len(frames)} frames")
        if self.cut:
            parts.append(f"{self.cut} cut at the edge")
        parts += [f"{count} left out ({reason})" for reason, count in self.left.items()]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of data beside the data themselves.

    canvas: size of the picture; None: nobody said, 512 x 512 is assumed and said back
    source: what errors begin with · warnings: gets what was left out, cut or put right
    """

    canvas: Canvas | None = None
    source: str = "boxes"
    warnings: list[str] = field(default_factory=list[str])
    options: Options = NO_OPTIONS
    tally: Tally = field(default_factory=Tally)

    def note(self, warning: str) -> None:
        """Say something to the person, on the node and in the log."""
        self.warnings.append(warning)
        _log.warning("%s", warning)


UNSAID = Context()
"""For writers, which say nothing back."""


class Candidate(NamedTuple):
    """A box before it is placed. corners: x0 y0 x1 y1, units not decided yet"""

    corners: Sequence[float]
    where: str
    text: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    id: str = ""


class Placing:
    """Puts boxes on canvases, and counts those that are cut or fall off."""

    def __init__(self, context: Context, form: str = "") -> None:
        self.context, self.source = context, context.source
        self._asked, self._placed = 0, 0
        self._lost, self._broken, self._first_cut = "", "", ""
        self._reach = (0.0, 0.0)
        self._nameless: list[str] = []
        context.tally.form = form or context.tally.form

    def candidate(
        self,
        corners: Sequence[float],
        where: str,
        text: str = "",
        extra: tuple[tuple[str, str], ...] = (),
        id: str = "",
    ) -> Candidate:
        """GligenError after the 20,000th."""
        self._asked += 1
        if self._asked > MAX_BOXES:
            raise GligenError(
                f"{self.source}: more than {MAX_BOXES:,} boxes in all frames together; no more "
                "are read."
            )
        return Candidate(corners, where, text, extra, id)

    @contextmanager
    def row(self) -> Iterator[None]:
        """One broken row is left out with a word; if all are, the first one's error is raised."""
        try:
            yield
        except BrokenValue as mistake:
            self._broken = self._broken or str(mistake)
            self.context.tally.left["broken"] += 1
            self.context.note(f"{mistake} Left out.")

    def entities(self, candidates: Iterable[Candidate], space: Canvas) -> list[Entity]:
        """Those that have an area on the canvas, as e1, e2, ... unless they have ids."""
        entities: list[Entity] = []
        for candidate in candidates:
            box = self.box(candidate, space)
            if box is None:
                continue
            if not candidate.text:
                self._nameless.append(candidate.where.removeprefix(f"{self.source}: "))
            id_ = candidate.id or f"e{len(entities) + 1}"
            entities.append(Entity(id_, box, candidate.text, extra=candidate.extra))
        return entities

    def box(self, candidate: Candidate, space: Canvas) -> Box | None:
        """Cut at the edge of the canvas; None, and a warning, where nothing is left."""
        corners, where = candidate.corners, candidate.where
        if not space.told:
            raise GligenError(
                f"{where}: these are pixels of a picture whose size is not known here. Wire the "
                "picture, if this node takes one, or put GLIGEN_LayoutFromBoxes in between."
            )
        x0, x1 = sorted((corners[0] / space.width, corners[2] / space.width))
        y0, y1 = sorted((corners[1] / space.height, corners[3] / space.height))
        left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in (x0, y0, x1, y1))
        assumed = " (assumed)" if space is ASSUMED else ""
        self.context.tally.units = self.context.tally.units or units_of(space) + assumed
        if left < right and top < bottom:
            self._placed += 1
            if max(-x0, -y0, x1 - 1, y1 - 1) > EDGE_TOLERANCE:
                self.context.tally.cut += 1
                self._reach = (max(x1, self._reach[0]), max(y1, self._reach[1]))
                self._first_cut = self._first_cut or f"{where}: {_rounded(corners)}"
            return Box(left, top, right, bottom)
        self._lost = self._lost or (
            f"{where}: box {_rounded(corners)} has no area on the canvas of {space.width} x "
            f"{space.height}; left out."
        )
        self.context.tally.left["no area"] += 1
        self.context.note(
            f"{where}: box {_rounded(corners)} has no area on the canvas of {space.width} x "
            f"{space.height}; left out."
        )
        return None

    def check(self, space: Canvas | None = None, others: int = 0) -> None:
        """Say what was cut and what has no name; GligenError if nothing of what was there is left.

        space: what the boxes were counted in · others: poses that were found beside the boxes
        """
        if not self._placed and not others and self._lost:
            raise GligenError(
                f"{self._lost} So was every other box. Give the width and height of the picture "
                "that the boxes were made for."
            )
        if not self._placed and not others and self._broken:
            raise GligenError(self._broken)
        if self.context.tally.cut:
            self._say_cut(space or self.context.canvas or ASSUMED)
        if self._nameless and not self.context.options.will_be_named:
            self._say_nameless()

    def _say_cut(self, space: Canvas) -> None:
        count = self.context.tally.cut
        what = "1 box reaches" if count == 1 else f"{count} boxes reach"
        far = f"{self._reach[0] * space.width:g} x {self._reach[1] * space.height:g}"
        said = (
            f"{self.source}: {what} beyond the {_edge(space)} (to {far}; "
            f"{self._first_cut.removeprefix(f'{self.source}: ')})"
        )
        if space is ASSUMED:
            raise GligenError(
                f"{said}, which is assumed where nobody tells the size of the picture. Set `width` "
                "and `height` to the picture that the boxes were made for."
            )
        remedy = " The size is wrong, it seems: set `width` and `height` to the picture's."
        wrong = space is self.context.canvas and count >= SEVERAL
        self.context.note(f"{said}: cut at the edge.{remedy if wrong else ''}")

    def _say_nameless(self) -> None:
        names = ", ".join(self._nameless[:5]) + (", ..." if len(self._nameless) > 5 else "")
        self.context.note(
            f"{self.source}: no name for {names}. A text GLIGEN needs one for each box: see "
            "`phrases` of GLIGEN_LayoutFromBoxes."
        )


def units_of(space: Canvas) -> str:
    """What numbers on a canvas count, as a verdict says it."""
    names = {(each.width, each.height): name for name, each in SPACES.items()}
    return names.get((space.width, space.height), f"pixels of {space.width} x {space.height}")


def _edge(space: Canvas) -> str:
    return "canvas" if space in SPACES.values() else units_of(space)


def _rounded(corners: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in corners]
