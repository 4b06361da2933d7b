"""Boxes on their canvas: what is cut, what falls off, what is broken, and what has no name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity
from ..layout.fields import MAX_BOXES
from .parsing import ASSUMED, SPACES, Canvas, Context
from .values import BrokenValue

EDGE_TOLERANCE = 1e-6  # of the canvas: rounding deserves no word
SEVERAL = 2  # boxes beyond the canvas, from which its size is doubted


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
