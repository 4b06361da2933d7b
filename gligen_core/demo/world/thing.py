"""A row of the world: what a thing is called, how it is drawn and what it is painted with."""

from __future__ import annotations

from dataclasses import dataclass

from .paints import COLOURS, PAINTS, RGB
from .pictogram import Drawn, Pictogram, pictogram


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """A row of the world.

    paint: its own colour where it has one (a sun is gold), None where a phrase names it
    ade: the name of its ADE20K class, None where none fits
    """

    name: str
    drawing: Pictogram
    paint: str | None = None
    ade: str | None = None

    @property
    def coloured(self) -> bool:
        return self.paint is None

    def main(self, colour: str | None) -> RGB:
        """Its main colour. colour: one of COLOURS for a thing that comes in them"""
        return PAINTS[self.paint] if self.paint else COLOURS[colour or ""]


def thing(name: str, *drawn: Drawn, paint: str | None = None, ade: str | None = None) -> Thing:
    """drawn: (paint, outline or outlines), from back to front"""
    return Thing(name, pictogram(drawn), paint, ade)
