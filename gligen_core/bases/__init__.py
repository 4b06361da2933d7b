"""The families of UNets that a GLIGEN may be for: BASES has one row for each."""

from __future__ import annotations

from .base import Base, Heads, Latent
from .unets import SD1, SD2, SDXL

__all__ = ["BASES", "CELL_PX", "LATENT_CHANNELS", "Base", "Heads", "Latent", "base_of"]

BASES: tuple[Base, ...] = (SD1, SD2, SDXL)
# Every row has the same latent; a row with another is told apart where these two are used.
LATENT_CHANNELS, CELL_PX = SD1.latent.channels, SD1.latent.cell_px
assert all(base.latent == SD1.latent for base in BASES)


def base_of(context: int) -> Base | None:
    """The row of a UNet with text features of that width, or None."""
    return next((base for base in BASES if base.context == context), None)
