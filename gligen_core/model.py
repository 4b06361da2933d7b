"""A GLIGEN network: tokenizer and fusers, apart from the UNet that they ground."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .bases.blocks import BlockId
from .layers.attention import Attend, attend
from .layers.fuser import FUSERS, Fuser, FuserKind
from .layers.fusion import Gate
from .modalities.modality import Modality

Ground = Callable[[BlockId, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class FuserConfig:
    """One fuser: its kind, the width of its block's rows and of the tokens, and its heads."""

    kind: FuserKind
    width: int
    context: int
    heads: int


@dataclass(frozen=True, slots=True)
class ConvolutionConfig:
    """The UNet's first convolution as the GLIGEN widened it."""

    channels_in: int
    channels_out: int
    kernel: tuple[int, int] = (3, 3)
    bias: bool = True


@dataclass(frozen=True, slots=True)
class GligenConfig:
    """All that a GLIGEN network is built from, trained or not.

    tokenizer: what `modality.build` takes · fusers: in the order in which the UNet runs them
    downsampler: what the modality's downsampler takes; None where no extra channels are made
    first_conv: None where SD's own serves
    """

    modality: Modality
    tokenizer: Any
    fusers: Mapping[BlockId, FuserConfig]
    inpaint: bool = False
    downsampler: Any = None
    first_conv: ConvolutionConfig | None = None


class GligenModel(nn.Module):
    """What one GLIGEN file holds.

    Fusers are found by the id of the transformer block they sit in, never by counting, so
    SD1.x, SD2.x, SDXL and small models differ in their tables only. The downsampler turns a map
    into extra channels of the latent; the first convolution is the UNet's, widened for those
    channels or for inpainting. `info` says what was found in the file, for a person.
    """

    position_net: Any  # the modality's tokenizer, under the name it has in the files
    downsample_net: Any  # None where the modality has no map
    first_conv: Any  # a Conv2d of 4 + k channels, or None where SD's own serves

    def __init__(self, config: GligenConfig, ops: Any = nn, info: str | None = None) -> None:
        super().__init__()
        self.config = config
        self.info = info
        self.blocks = tuple(config.fusers)
        modality = config.modality
        self.position_net = modality.build(config.tokenizer, ops)
        self.downsample_net = (
            modality.downsampler.build(config.downsampler, ops)
            if modality.downsampler and config.downsampler is not None
            else None
        )
        self.first_conv = config.first_conv and _convolution(config.first_conv, ops)
        self.fusers = nn.ModuleDict(
            {
                block.module_name: FUSERS[each.kind](each.width, each.context, each.heads, ops)
                for block, each in config.fusers.items()
            }
        )

    @property
    def modality(self) -> Modality:
        """The kind of grounding that it takes."""
        return self.config.modality

    @property
    def inpaint(self) -> bool:
        """Whether it paints inside a picture."""
        return self.config.inpaint

    def fuser(self, block: BlockId) -> Fuser | None:
        """The fuser of a transformer block, or None where the file has none."""
        name = block.module_name
        return self.fusers[name] if name in self.fusers else None  # type: ignore[return-value]

    def alphas(self) -> Tensor:
        """tanh(alpha) of each block's fuser, of attention and of FF: block 2, fp32 on the CPU."""
        fusers = [fuser for block in self.blocks if (fuser := self.fuser(block)) is not None]
        learned = [[f.alpha_attn.item(), f.alpha_dense.item()] for f in fusers]
        return torch.tensor(learned).reshape(-1, 2).tanh()

    def at_largest(self, count: int) -> frozenset[BlockId]:
        """Blocks of the `count` largest resolutions: those of the narrowest rows."""
        widths = {b: f.norm1.weight.shape[0] for b in self.blocks if (f := self.fuser(b))}
        narrow = sorted(set(widths.values()))[:count]
        return frozenset(block for block, width in widths.items() if width in narrow)

    def grounding(self, tokens: Tensor, gate: Gate = 1.0, attend: Attend = attend) -> Ground:
        """The function (block, x) -> x that a UNet calls between self- and cross-attention.

        tokens: b n c · gate: 0..1, a number or a tensor that broadcasts over b q c
        """

        def ground(block: BlockId, x: Tensor) -> Tensor:
            fuser = self.fuser(block)
            return x if fuser is None else fuser(x, fuser.fusion(x, tokens, gate, attend))

        return ground


def _convolution(config: ConvolutionConfig, ops: Any) -> nn.Module:
    """It leaves a map's size as it is."""
    return ops.Conv2d(
        config.channels_in,
        config.channels_out,
        config.kernel,
        padding=config.kernel[0] // 2,
        bias=config.bias,
    )
