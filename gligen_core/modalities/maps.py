"""Maps: a picture of edges, depth or normals, seen by a ConvNeXt; four rows.

Official `hed_grounding_net.py` and its three likes, which differ in names only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..bases import CELL_PX, LATENT_CHANNELS
from ..bases.sd_keys import FIRST_CONVOLUTION
from ..errors import GligenError
from ..gate.schedule import Phases
from ..geometry import Box
from ..layers.attention import as_rows
from ..layers.convnext import STRIDE, ConvNeXt, ConvNeXtConfig
from ..layers.downsampler import EdgeDownsampler, PictureDownsampler
from ..layers.tokens import or_null, token_head
from ..pictures import centre_crop, cut, map_picture, resized
from .modality import Modality, Owners, Part, Signature
from .sources import WHERE, Sources

BACKBONE = "position_net.convnext_tiny_backbone."
CLASSES_CONVOLUTION = "position_net.in_conv.weight"  # of semantic maps only
DOWNSAMPLER = "downsample_net."
DOWNSAMPLER_WEIGHT = "downsample_net.layers.0.weight"
FIRST_WEIGHT = f"{FIRST_CONVOLUTION}weight"
EDGE_CHANNELS = 1  # hed's edges, as they are
MAP_CHANNELS = 8  # of the other maps, behind their convolutions


@dataclass(frozen=True, slots=True)
class MapInputs:
    """What the tokenizer and the downsampler read.

    picture: b 3 H W in -1..1, or class numbers: b 1 H W, uint8 · present: b (0 absent .. 1)
    """

    picture: Tensor
    present: Tensor

    @property
    def batch(self) -> int:
        return self.picture.shape[0]

    @property
    def slots(self) -> int:
        return 0

    @property
    def owners(self) -> Owners:
        return ()

    def on_canvas(self, height: int, width: int) -> "MapInputs":
        """Cut around the centre to the latent's aspect, then resized to its pixels.

        As the official script does to get 512 x 512: bicubic; class numbers nearest.
        """
        height, width = CELL_PX * height, CELL_PX * width
        return replace(
            self, picture=resized(centre_crop(self.picture, height, width), height, width)
        )

    def within(self, area: Box) -> "MapInputs":
        return replace(self, picture=cut(self.picture, area))

    def padded(self, slots: int) -> "MapInputs":
        return self

    def to(self, device: Any) -> "MapInputs":
        return MapInputs(self.picture.to(device), self.present.to(device))


def prepare(picture: Tensor) -> MapInputs:
    """picture: b 3 H W in -1..1 (see `pictures.map_picture`), as official `prepare_batch_*`."""
    return MapInputs(picture, torch.ones(len(picture)))


def read_picture(title: str) -> Callable[[Sources, "MapConfig"], MapInputs]:
    """The reader of a map of that title: the picture of a preprocessor, or one per picture."""

    def read(sources: Sources, config: "MapConfig") -> MapInputs:
        if sources.map is None:
            raise missing_map(
                sources,
                title,
                "`map` is not connected. Wire it to the picture that a preprocessor",
            )
        return prepare(map_picture(sources.map, WHERE))

    return read


def missing_map(sources: Sources, title: str, what: str) -> GligenError:
    """What is not wired, and which node makes it."""
    return GligenError(
        f"{WHERE}: {sources.gligen} grounds with a map of {title}, but {what} makes."
    )


@dataclass(frozen=True, slots=True)
class MapConfig:
    """Sizes of the backbone; how many tokens, a square number; their width."""

    backbone: ConvNeXtConfig
    tokens: int
    token_width: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "MapConfig":
        """Those of a state dict (keys without `position_net.`)."""
        return cls(
            backbone_config(weights),
            tokens=weights["pos_embedding"].shape[1],
            token_width=weights["linears.4.weight"].shape[0],
        )


class MapTokenizer(nn.Module):
    """One token per 32 x 32 pixels of a map, brought to the square that the file was trained with.

    The position of a token is learned and also there where the map is absent.
    """

    def __init__(
        self, config: ConvNeXtConfig, tokens: int, token_width: int, ops: Any = nn
    ) -> None:
        super().__init__()
        width = config.widths[-1]
        self.convnext_tiny_backbone = ConvNeXt(config, ops)
        self.pos_embedding = nn.Parameter(torch.zeros(1, tokens, width))
        self.null_feature = nn.Parameter(torch.zeros(width))
        self.linears = token_head(width, token_width, ops)

    @property
    def side_px(self) -> int:
        """The side of the square that the map is brought to: 256 in the published files."""
        return STRIDE * isqrt(self.pos_embedding.shape[1])

    def forward(self, inputs: MapInputs) -> Tensor:
        """-> tokens: b n c, row by row"""
        features = as_rows(self.convnext_tiny_backbone(self.seen(inputs.picture)))
        return self._tokens(or_null(features, self.null_feature, inputs.present[:, None]))

    def seen(self, picture: Tensor) -> Tensor:
        """-> b 3 side side: what the backbone looks at. Nearest, whatever the aspect."""
        return functional.interpolate(picture, (self.side_px, self.side_px), mode="nearest")

    def null_tokens(self, slots: int) -> Tensor:
        """Tokens of no map: 1 n c; n is fixed by the file."""
        return self._tokens(self.null_feature.float().expand_as(self.pos_embedding))

    def _tokens(self, features: Tensor) -> Tensor:
        return self.linears(features + self.pos_embedding.to(features))


def build(config: MapConfig, ops: Any) -> MapTokenizer:
    """An untrained tokenizer."""
    return MapTokenizer(config.backbone, config.tokens, config.token_width, ops)


def backbone_config(weights: Mapping[str, Tensor]) -> ConvNeXtConfig:
    """The backbone's sizes in a tokenizer's state dict."""
    mark = "convnext_tiny_backbone."
    return ConvNeXtConfig.of(
        {key.removeprefix(mark): weight for key, weight in weights.items() if key.startswith(mark)}
    )


@dataclass(frozen=True, slots=True)
class DownsamplerConfig:
    """Channels that a downsampler reads, has inside, and gives; EDGES for one without weights."""

    read: int
    hidden: int
    channels: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "DownsamplerConfig":
        """Those of a state dict (keys without `downsample_net.`)."""
        hidden, read = weights["layers.0.weight"].shape[:2]
        return cls(read, hidden, weights["layers.2.weight"].shape[0])


EDGES = DownsamplerConfig(read=1, hidden=0, channels=EDGE_CHANNELS)


def build_downsampler(config: DownsamplerConfig, ops: Any) -> PictureDownsampler:
    """An untrained downsampler."""
    return PictureDownsampler(config.read, config.hidden, config.channels, ops)


# A file holds no weights of hed's: there are none.
EDGE_DOWNSAMPLER = Part(lambda weights: EDGES, lambda config, ops: EdgeDownsampler())
PICTURE_DOWNSAMPLER = Part(DownsamplerConfig.of, build_downsampler)


def _row(name: str, title: str, phases: Phases, read_channels: int) -> Modality:
    """canny, depth or normal. Weights cannot tell the first two: both read one channel."""
    return Modality(
        name=name,
        title=title,
        takes="map",
        signature=Signature(
            required=(BACKBONE, DOWNSAMPLER_WEIGHT),
            forbidden=(CLASSES_CONVOLUTION,),
            in_channels=((DOWNSAMPLER_WEIGHT, read_channels),),
        ),
        phases=phases,
        config_of=MapConfig.of,
        build=build,
        read=read_picture(title),
        extra_channels=MAP_CHANNELS,
        downsampler=PICTURE_DOWNSAMPLER,
    )


# Phases: gligen_inference.py, "a man is eating breakfast", "A Humanoid Robot Designed for
# Companionship", "a Vibrant colorful Bird Sitting on Tree Branch", "a large tree with no leaves in
# front of a building".
HED = Modality(
    name="hed",
    title="HED edges",
    takes="map",
    signature=Signature(
        required=(BACKBONE,),
        forbidden=(CLASSES_CONVOLUTION, DOWNSAMPLER),
        # Any other map's file would look like this one if it had lost its downsampler.
        in_channels=((FIRST_WEIGHT, LATENT_CHANNELS + EDGE_CHANNELS),),
    ),
    phases=Phases(0.9, 0.0, 0.1),
    config_of=MapConfig.of,
    build=build,
    read=read_picture("HED edges"),
    extra_channels=EDGE_CHANNELS,
    downsampler=EDGE_DOWNSAMPLER,
)
CANNY = _row("canny", "Canny edges", Phases(0.9, 0.0, 0.1), read_channels=1)
DEPTH = _row("depth", "depth", Phases(0.7, 0.0, 0.3), read_channels=1)
NORMAL = _row("normal", "surface normals", Phases(0.7, 0.0, 0.3), read_channels=3)
