"""VoTT: `{"asset": {"name", "size"}, "regions": [{"tags", "boundingBox"}]}`, or a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..layout import Layouts
from .choosing import Picture
from .format import Format
from .parsing import Context
from .rows import canvas_in, names_of, read_pictures
from .values import read_items


def parse(data: Any, context: Context) -> Layouts:
    """The options' `picture` says which of a project's assets."""
    return read_pictures(
        [
            Picture(
                names_of(each["asset"]),
                canvas_in(each["asset"], context.source),
                read_items(each["regions"], "regions", context.source),
            )
            for each in _assets(data)
        ],
        context,
        "VoTT",
    )


def recognises(value: Any) -> bool:
    """An asset with regions, or `assets` of them."""
    return next(_assets(value), None) is not None


def _assets(value: Any) -> Iterator[Mapping[str, Any]]:
    """The asset itself, or those of a project."""
    if not isinstance(value, Mapping):
        return
    inner = value.get("assets")
    for each in (value, *(inner.values() if isinstance(inner, Mapping) else ())):
        if (
            isinstance(each, Mapping)
            and isinstance(each.get("asset"), Mapping)
            and isinstance(each.get("regions"), list | tuple)
        ):
            yield each


FORMAT = Format(name="VoTT", sign="`asset` and `regions`", recognises=recognises, parse=parse)
