"""A picture of the world before it is drawn: its background and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...geometry import Box
from ...layout import Entity, Layout
from .backgrounds import BACKGROUNDS
from .paints import COLOURS
from .person import Posture, person
from .pictogram import Pictogram
from .thing import Thing
from .things import SHAPES, THINGS

PERSON = "person"
STANDING = person(Posture())
WORLD: dict[str, Thing] = {
    thing.name: thing
    for thing in (*SHAPES, *THINGS, Thing(PERSON, STANDING, None, "person"))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a scene.

    colour: one of COLOURS, "" for a thing with its own · mirrored: looks the other way
    posture: of a person
    """

    thing: str
    colour: str
    box: Box
    mirrored: bool = False
    posture: Posture | None = None

    @property
    def pictogram(self) -> Pictogram:
        return person(self.posture) if self.posture else WORLD[self.thing].drawing

    @property
    def phrase(self) -> str:
        """`a red car`, `an apple` never without its colour, `a sun`, `a person in red`"""
        return phrase(self.thing, self.colour)


@dataclass(frozen=True, slots=True)
class Scene:
    """Items from back to front. aspect: width / height of the picture · variant: the horizon's"""

    items: tuple[Item, ...]
    background: str = "plain"
    variant: int = 0
    aspect: float = 1.0

    @property
    def layout(self) -> Layout:
        """The items as objects `e1`, `e2` ... from back to front."""
        return Layout(
            tuple(Entity(f"e{n}", item.box, item.phrase) for n, item in enumerate(self.items, 1))
        )

    def without(self, index: int) -> Scene:
        return replace(self, items=self.items[:index] + self.items[index + 1 :])


def phrase(thing: str, colour: str = "", article: str = "a") -> str:
    """`a red circle`, `an orange cat`, `the sun`, `cloud`, `a person in red`.

    article: a, the or nothing
    """
    words = f"{thing} in {colour}" if thing == PERSON else f"{colour} {thing}".strip()
    if article == "a" and words[0] in "aeiou":
        article = "an"
    return f"{article} {words}".strip()


def place_words(box: Box) -> str:
    """`at the top left`: the ninth of the canvas that holds the box's centre."""
    row, column = (
        min(max(int(3 * centre), 0), 2) for centre in ((box.y0 + box.y1) / 2, (box.x0 + box.x1) / 2)
    )
    rows, columns = ("top", "middle", "bottom"), ("left", "center", "right")
    return f"at the {rows[row]} {columns[column]}"


def caption(scene: Scene, order: list[int], joint: str, article: str, told: bool) -> str:
    """The items' phrases in that order and the background's words.

    joint: ` and ` or ` , ` between phrases · told: whether it says where each item is
    """
    parts = [
        phrase(item.thing, item.colour, article) + (f" {place_words(item.box)}" if told else "")
        for item in (scene.items[n] for n in order)
    ]
    return " , ".join(filter(None, (joint.join(parts), BACKGROUNDS[scene.background].words)))


assert all(thing.paint is None or not thing.coloured for thing in WORLD.values())
assert set(COLOURS) & set(WORLD) == set()
