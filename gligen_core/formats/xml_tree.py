"""XML without entities and without a document type: neither can grow, nor reach for files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ..errors import GligenError
from ..layout.read import MAX_TEXT
from ..text import excerpt

MAX_ELEMENTS = 250_000
DEEPEST = 50


@dataclass(slots=True)
class Element:
    """name: without its namespace's prefix · text: of the element itself, stripped"""

    name: str
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    children: list[Element] = field(default_factory=list["Element"])
    words: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        return "".join(self.words).strip()

    def all(self, name: str) -> list[Element]:
        """Children of this name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        return next(iter(self.all(name)), None)

    def value(self, *names: str) -> str:
        """The text of the element at the end of a path of names, or ""."""
        element: Element | None = self
        for name in names:
            element = element.first(name) if element else None
        return element.text if element else ""


def is_xml(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip("\ufeff \t\r\n")[:1] == "<"


def root_name(text: str) -> str:
    """Of the first element, without reading the others; "" where there is none."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append(name)
    try:
        parser.Parse(text.lstrip("\ufeff \t\r\n")[:2000].encode("utf-8", "replace"), False)
    except expat.ExpatError:
        pass
    return found[0].rpartition(":")[2] if found else ""


def read_xml(text: str, source: str) -> Element:
    """The root element. GligenError for a document type, for what is no XML and for too much."""
    if len(text) > MAX_TEXT:
        raise GligenError(
            f"{source}: {len(text):,} characters of XML; at most {MAX_TEXT:,} are read."
        )
    reader = _Reader(source)
    try:
        reader.parser.Parse(text.lstrip("\ufeff \t\r\n").encode("utf-8", "replace"), True)
    except expat.ExpatError as mistake:
        raise GligenError(f"{source}: no XML: {excerpt(str(mistake))}.") from mistake
    assert reader.root is not None
    return reader.root


class _Reader:
    """Builds the tree; refuses declarations of entities before anything is expanded."""

    def __init__(self, source: str) -> None:
        self.source, self.root = source, None
        self._open: list[Element] = []
        self._count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    root: Element | None

    def _refuse(self, *_: Any) -> None:
        raise GligenError(
            f"{self.source}: the XML has a document type (<!DOCTYPE ...>), which may hide "
            "anything; none is read. Remove that part."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= DEEPEST:
            raise GligenError(
                f"{self.source}: the XML has more than {MAX_ELEMENTS:,} elements, or more than "
                f"{DEEPEST} in each other; no more are read."
            )
        element = Element(name.rpartition(":")[2], attributes)
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _words(self, words: str) -> None:
        if self._open:
            self._open[-1].words.append(words)
