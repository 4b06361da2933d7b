"""Grounding with maps: edges, depth, normals as pictures; classes as colours, numbers or masks."""

from __future__ import annotations

from torch import Tensor

from ...gligen_core.errors import GligenError
from ...gligen_core.modalities import sem, spatial
from ...gligen_core.modalities.class_maps import (
    ambiguous_note,
    from_colours,
    from_masks,
    from_numbers,
)
from ...gligen_core.modalities.spec import TokenizerInputs
from ...gligen_core.pictures import map_picture
from ...gligen_core.text import logger
from .files import LoadedGligen
from .names import named
from .sources import Sources

_log = logger(__name__)
WHERE = "GLIGEN_Ground"


def ground_map(gligen: LoadedGligen, sources: Sources) -> TokenizerInputs:
    """A map, or one per picture, for a GLIGEN of edges, depth or normals."""
    if sources.map is None:
        raise _missing(gligen, "`map` is not connected. Wire it to the picture that a preprocessor")
    return spatial.prepare(map_picture(sources.map, WHERE))


def ground_classes(gligen: LoadedGligen, sources: Sources) -> TokenizerInputs:
    """A map of classes, however it was given."""
    classes = gligen.model.position_net.classes
    class_map = _class_map(gligen, sources, classes)
    if int(class_map.max()) >= classes:
        raise GligenError(
            f"{WHERE}: the map has class {int(class_map.max())}; {gligen.name} knows 0 to "
            f"{classes - 1}. Repaint it with classes that the GLIGEN knows."
        )
    return sem.prepare(class_map)


def _class_map(gligen: LoadedGligen, sources: Sources, classes: int) -> Tensor:
    names = [name for name in sources.class_names.split(",") if name.strip()]
    if sources.masks is not None:
        return from_masks(sources.masks, names, WHERE)
    if sources.map is None:
        raise _missing(
            gligen,
            "neither `map` nor `masks` is connected. Wire `masks` and name them in `class_names`, "
            "or wire `map` to the picture that a segmentation node",
        )
    if sources.map_reads == "numbers":
        return from_numbers(sources.map, classes, WHERE)
    class_map = from_colours(sources.map, WHERE, sources.tolerance)
    note = ambiguous_note(class_map)
    if note:
        _log.info("%s: %s", named(WHERE), note)
    return class_map


def _missing(gligen: LoadedGligen, what: str) -> GligenError:
    spec = gligen.model.spec
    return GligenError(
        f"{WHERE}: {gligen.name} grounds with a map of {spec.title}, but {what} makes."
    )
