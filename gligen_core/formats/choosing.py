"""Which of several pictures of a file is meant: the person is asked, by the input `picture`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout.fields import shown
from .parsing import Canvas, Context
from .values import key_of

NAMED_IN_ERRORS = 5


class Picture(NamedTuple):
    """names: file name, id, ... · canvas: its size, if the source states it · rows: objects with
    places"""

    names: tuple[Any, ...]
    canvas: Canvas | None
    rows: Sequence[Any]


def chosen(names: Sequence[Any], context: Context, what: str = "pictures") -> int:
    """The position of the picture that is meant.

    names: of each picture, or several names for each as a tuple · GligenError where there are
    several, none or none of that name
    """
    source, wanted = context.source, context.options.picture
    spelled = [_spelled(name) for name in names]
    if wanted is not None and wanted != "":
        fits = [number for number, each in enumerate(spelled) if str(wanted) in each]
        if not fits:
            # A file's name may come without its folder.
            fits = [n for n, each in enumerate(spelled) if any(_ends(s, str(wanted)) for s in each)]
        if not fits:
            raise GligenError(
                f"{source}: no image has the file name or id {shown(wanted)}; there are "
                f"{_list(spelled)}."
            )
        if len(fits) == 1 or len({*map(tuple, (spelled[n] for n in fits))}) == 1:
            return fits[0]
    if len(names) != 1:
        raise GligenError(
            f"{source}: {len(names):,} {what}{f' ({_list(spelled)})' if names else ''}; expected "
            "one. Say which by its file name or id: set `picture` (GLIGEN_LayoutFromBoxes and "
            "GLIGEN_LayoutFromText have it)."
        )
    return 0


def _spelled(name: Any) -> list[str]:
    several = name if isinstance(name, tuple) else (name,)
    return [key for each in several if (key := key_of(each))]


def _ends(name: str, wanted: str) -> bool:
    return name.replace("\\", "/").endswith(f"/{wanted}")


def _list(spelled: Sequence[Sequence[str]]) -> str:
    names = [shown(each[0]) for each in spelled[:NAMED_IN_ERRORS] if each]
    return ", ".join(names) + (", ..." if len(spelled) > NAMED_IN_ERRORS else "")
