"""The demo's base: text encoder and UNet, and the GLIGENs that fit it."""

from __future__ import annotations

from torch import Tensor, nn

from ...modalities.text_box import TEXT_BOX, TextBoxConfig
from ...model import FuserConfig, GligenConfig, GligenModel
from ...unet import UNet, UNetConfig
from ..networks import transformer_widths
from ..text_encoder import WIDTH, TextEncoder
from ..words import END, LENGTH, START, TOKENS

UNET = UNetConfig(
    model_channels=64,
    channel_mult=(1, 2, 2),
    res_blocks=(0, 1, 0),
    depth=(1, 1, 0),  # attention where a picture of 128 pixels has 16 x 16 and 8 x 8 cells
    heads=4,
    context=WIDTH,
)
TRAINED_TOKENS = (*sorted(TOKENS.values()), START, END)


class Base(nn.Module):
    """Text to picture: the text encoder and the UNet that is trained with it."""

    def __init__(self) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(TRAINED_TOKENS, LENGTH)
        self.unet = UNet(UNET)

    def forward(self, x: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
        """x: b 4 h w · timesteps: b · tokens: b n (caption) -> velocity: b 4 h w"""
        hidden, _ = self.text_encoder(tokens)
        return self.unet(x, timesteps, hidden)


def new_gligen(unet: UNet) -> GligenModel:
    """An untrained text-box GLIGEN for a UNet; as every GLIGEN it starts as the identity."""
    config = unet.config
    fusers = {
        block: FuserConfig("gatedSA", width, config.context, config.heads)
        for block, width in transformer_widths(unet).items()
    }
    tokenizer = TextBoxConfig(config.context, config.context)
    return GligenModel(GligenConfig(TEXT_BOX, tokenizer, fusers))
