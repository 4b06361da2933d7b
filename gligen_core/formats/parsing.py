"""What all readers share: the canvas, and what a person said beside the data.

A reader takes objects or text and a `Context`, and ends in a layout or in a GligenError that names
the place. It changes nothing it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from ..errors import GligenError
from ..layout import Entity, Layout, Layouts, frames_of
from ..layout.fields import MAX_SIDE_PX, shown
from ..text import logger
from .values import read_coordinate

DEFAULT_SIDE_PX = 512

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
