"""A GLIGEN network: tokenizer and fusers, apart from the UNet that they ground."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .blocks import BlockId
from .layers.attention import Attend, attend
from .layers.fuser import Fuser, Gate
from .modalities.spec import ModalitySpec

Ground = Callable[[BlockId, Tensor], Tensor]


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

    def __init__(
        self,
        spec: ModalitySpec,
        tokenizer: nn.Module,
        fusers: Mapping[BlockId, Fuser],
        inpaint: bool = False,
        downsampler: nn.Module | None = None,
        first_conv: nn.Module | None = None,
        info: str | None = None,
    ) -> None:
        super().__init__()
        self.spec = spec
        self.inpaint = inpaint
        self.info = info
        self.position_net = tokenizer
        self.downsample_net = downsampler
        self.first_conv = first_conv
        self.fusers = nn.ModuleDict({block.module_name: fuser for block, fuser in fusers.items()})
        self.blocks = tuple(fusers)

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
            return x if fuser is None else fuser(x, tokens, gate, attend)

        return ground
