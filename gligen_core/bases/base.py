"""What the pack must know of a family of UNets: one `Base` per family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from .blocks import BlockId

Pooled = Literal["end of text", "penultimate layer", "both encoders"]
"""How a phrase becomes one vector: what stands at its end in the last layer, in the last layer but
one, or in both encoders side by side."""

HEAD_WIDTH = 64  # of SD2.x, SDXL, and the host's rule for everything else


@dataclass(frozen=True, slots=True)
class Heads:
    """So many attention heads in every fuser, or as many as fit at a width of theirs."""

    count: int | None = None
    width: int = HEAD_WIDTH

    def of(self, rows: int) -> int:
        """Heads of a fuser whose rows are so wide."""
        return self.count or max(rows // self.width, 1)


@dataclass(frozen=True, slots=True)
class Latent:
    """channels: of the UNet's first convolution · cell_px: pixels per cell, each way"""

    channels: int
    cell_px: int


@dataclass(frozen=True, slots=True)
class Base:
    """One family of UNets: a row of the table BASES.

    name: in code · title: for a person
    context: width of the text features, by which files are told; GLIGEN's tokens have it, too
    heads: of the fusers, where a file does not say · latent: what the UNet paints on
    text_encoder: for a person · encoders: the host's names of them · pooled: of phrases
    objective: what the UNet predicts · blocks: those with a transformer, as far as people name them
    linear_projection: of its spatial transformers · diffusers: what its config.json has beside
    """

    name: str
    title: str
    context: int
    heads: Heads
    text_encoder: str
    encoders: tuple[str, ...]
    pooled: Pooled
    latent: Latent = Latent(channels=4, cell_px=8)
    objective: Literal["eps", "v"] = "eps"
    blocks: tuple[BlockId, ...] = ()
    linear_projection: bool = True
    diffusers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
