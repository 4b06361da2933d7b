"""Semantic maps: a class for each pixel. Official `sem_grounding_net.py`."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..layers.convnext import ConvNeXtConfig
from ..layers.downsampler import ClassDownsampler, one_hot
from ..schedule import Phases
from .spatial import (
    BACKBONE,
    CLASSES_CONVOLUTION,
    MAP_CHANNELS,
    MapInputs,
    MapTokenizer,
    backbone_config,
)
from .spec import ModalitySpec, Signature


def prepare(class_map: Tensor) -> MapInputs:
    """class_map: b 1 H W, class numbers, uint8 (see `class_maps`), as `prepare_batch_sem`."""
    return MapInputs(class_map, torch.ones(len(class_map)))


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


def build_tokenizer(weights: Mapping[str, Tensor], ops: Any) -> ClassMapTokenizer:
    """A tokenizer of the sizes of a state dict (keys without `position_net.`)."""
    return ClassMapTokenizer(
        weights["in_conv.weight"].shape[1],
        backbone_config(weights),
        tokens=weights["pos_embedding"].shape[1],
        token_width=weights["linears.4.weight"].shape[0],
        ops=ops,
    )


def build_downsampler(weights: Mapping[str, Tensor], ops: Any) -> ClassDownsampler:
    """A downsampler of the sizes of a state dict (keys without `downsample_net.`)."""
    hidden, classes = weights["layers.0.weight"].shape[:2]
    return ClassDownsampler(classes, hidden, weights["layers.2.weight"].shape[0], ops)


SPEC = ModalitySpec(
    name="sem",
    title="semantic classes",
    takes="map",
    signature=Signature(required=(BACKBONE, CLASSES_CONVOLUTION)),
    phases=Phases(0.7, 0.0, 0.3),  # gligen_inference.py, "a living room filled with lots of ..."
    tokenizer=build_tokenizer,
    extra_channels=MAP_CHANNELS,
    downsampler=build_downsampler,
)
