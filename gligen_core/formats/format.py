"""The Format row: all that the pack knows of one format, read by nodes, sockets, docs and tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..layout import Layouts, frames_of
from .capabilities import Capabilities
from .parsing import Context, Options

Needs = Literal["nothing", "picture", "order"]
"""What a wire must be told: the size of the picture, or the order of its numbers, too."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    name: in lists, unique · title: in the documentation, with what belongs to it
    sign: by what it is recognised, as the documentation says it
    recognises: whether data (objects, or text that is no JSON) are in this format, by what no other
    has · parse: data -> layouts · dump: layouts (a layout, where it knows no
    frames) -> objects or text, None where it is only read
    suffix: of a file, "" where it is no text · types: names of sockets that carry it, and what they
    need beside · is_text: comes as text of its own, so that a person can name it as a form
    is_prose: stands among words, so that JSON among the same words goes first
    options: what each of several ways to write it is called, with its options
    """

    name: str
    sign: str
    recognises: Callable[[Any], bool]
    parse: Callable[[Any, Context], Layouts]
    dump: Callable[[Any, Context], Any] | None = None
    title: str = ""
    suffix: str = ".json"
    types: tuple[str, ...] = ()
    needs: Needs = "nothing"
    is_text: bool = False
    is_prose: bool = False
    capabilities: Capabilities | None = None
    variants: tuple[tuple[str, Options], ...] = ()

    def write(self, layouts: Layouts, options: Options | None = None) -> str:
        """As text; formats of a single picture write the first frame."""
        assert self.dump is not None and self.suffix
        still = self.capabilities is not None and not self.capabilities.frames
        given = frames_of(layouts)[0] if still else layouts
        value = self.dump(given, Context(options=options or Options()))
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)

    @property
    def exports(self) -> tuple[tuple[str, Options], ...]:
        """Under which names it is written as text, with what options; () if it is not."""
        if self.dump is None or not self.suffix:
            return ()
        return self.variants or ((self.name, Options()),)
