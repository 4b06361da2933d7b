"""Semantic maps: a class for each pixel. Official `sem_grounding_net.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import GligenError
from ..gate.schedule import Phases
from ..layers.convnext import ConvNeXtConfig
from ..layers.downsampler import ClassDownsampler, one_hot
from .class_maps import ambiguous_note, from_colours, from_masks, from_numbers
from .maps import (
    BACKBONE,
    CLASSES_CONVOLUTION,
    MAP_CHANNELS,
    DownsamplerConfig,
    MapInputs,
    MapTokenizer,
    backbone_config,
    missing_map,
)
from .modality import Modality, Part, Signature
from .sources import WHERE, Sources

TITLE = "semantic classes"


def prepare(class_map: Tensor) -> MapInputs:
    """class_map: b 1 H W, class numbers, uint8 (see `class_maps`), as `prepare_batch_sem`."""
    return MapInputs(class_map, torch.ones(len(class_map)))


def read(sources: Sources, config: "ClassMapConfig") -> MapInputs:
    """A map of classes, however it was given."""
    class_map = _class_map(sources, config.classes)
    if int(class_map.max()) >= config.classes:
        raise GligenError(
            f"{WHERE}: the map has class {int(class_map.max())}; {sources.gligen} knows 0 to "
            f"{config.classes - 1}. Repaint it with classes that the GLIGEN knows."
        )
    return prepare(class_map)


def _class_map(sources: Sources, classes: int) -> Tensor:
    names = [name for name in sources.class_names.split(",") if name.strip()]
    if sources.masks is not None:
        return from_masks(sources.masks, names, WHERE)
    if sources.map is None:
        raise missing_map(
            sources,
            TITLE,
            "neither `map` nor `masks` is connected. Wire `masks` and name them in `class_names`, "
            "or wire `map` to the picture that a segmentation node",
        )
    if sources.map_reads == "numbers":
        return from_numbers(sources.map, classes, WHERE)
    class_map = from_colours(sources.map, WHERE, sources.tolerance)
    note = ambiguous_note(class_map)
    if note:
        sources.tell(note)
    return class_map


@dataclass(frozen=True, slots=True)
class ClassMapConfig:
    """How many classes; sizes of the backbone; how many tokens, a square number; their width."""

    classes: int
    backbone: ConvNeXtConfig
    tokens: int
    token_width: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "ClassMapConfig":
        """Those of a state dict (keys without `position_net.`)."""
        return cls(
            weights["in_conv.weight"].shape[1],
            backbone_config(weights),
            tokens=weights["pos_embedding"].shape[1],
            token_width=weights["linears.4.weight"].shape[0],
        )


class ClassMapTokenizer(MapTokenizer):
    """A map's tokenizer behind a convolution from classes to three channels."""

    def __init__(
        self, classes: int, config: ConvNeXtConfig, tokens: int, token_width: int, ops: Any = nn
    ) -> None:
        super().__init__(config, tokens, token_width, ops)
        self.classes = classes
        self.in_conv = ops.Conv2d(classes, 3, 3, padding=1)

    def seen(self, picture: Tensor) -> Tensor:
        """picture: b 1 H W, class numbers -> b 3 side side"""
        return self.in_conv(one_hot(picture, self.side_px, self.side_px, self.classes))


def build(config: ClassMapConfig, ops: Any) -> ClassMapTokenizer:
    """An untrained tokenizer."""
    return ClassMapTokenizer(
        config.classes, config.backbone, config.tokens, config.token_width, ops
    )


def build_downsampler(config: DownsamplerConfig, ops: Any) -> ClassDownsampler:
    """An untrained downsampler."""
    return ClassDownsampler(config.read, config.hidden, config.channels, ops)


SEM = Modality(
    name="sem",
    title=TITLE,
    takes="map",
    signature=Signature(required=(BACKBONE, CLASSES_CONVOLUTION)),
    phases=Phases(0.7, 0.0, 0.3),  # gligen_inference.py, "a living room filled with lots of ..."
    config_of=ClassMapConfig.of,
    build=build,
    read=read,
    extra_channels=MAP_CHANNELS,
    downsampler=Part(DownsamplerConfig.of, build_downsampler),
)
