"""Colour detector of the demo's pictures: which pixel has which colour, and the boxes of patches.

Made for the demo's pictures: flat shapes in the colours of a palette on a pale background that
varies smoothly. Every pixel is read as a mix `(1 - a) * background + a * colour`, so that soft
edges, paler fills and a tinted background do not move a box: the edge is where `a` passes 1/2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GligenError
from ..geometry import Box
from ..layout import Entity, Layout

Palette = Mapping[str, tuple[float, float, float]]
"""Colour name -> red, green, blue in 0..1."""

EDGE = 0.5  # share of the colour in a pixel from which the pixel belongs to the shape
SPECK = 0.003  # share of the picture under which a patch is dirt, not an object
PALE_SHARE = 0.25  # share of the picture that surely is background: its least colourful part
BACKGROUND_ROUNDS = 3  # fits of the background, each without the shapes seen by the last
MIX_PREFERENCE = 0.1  # a full colour before a mix: pink is pink, not half a red


@dataclass(frozen=True, slots=True)
class Blob:
    """One connected patch of one colour, and how much of the picture it covers (0..1)."""

    colour: str
    box: Box
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """The colour of every pixel. labels: h w, index into `names`, -1 for background."""

    names: tuple[str, ...]
    labels: NDArray[np.int64]

    def blobs(self, colour: str) -> tuple[Blob, ...]:
        """The patches of that colour, largest first; specks and hairlines are left out."""
        ndimage = _ndimage()
        mask = self.labels == self.names.index(colour)
        # Where two colours meet, their mix can look like a third: a line one or two pixels wide.
        # An opening removes it; what is left then grows back to its full outline.
        mask = ndimage.binary_propagation(ndimage.binary_opening(mask, np.ones((3, 3))), mask=mask)
        patches, _ = ndimage.label(mask)
        blobs = [
            Blob(
                colour,
                _box_of(window, mask.shape),
                np.count_nonzero(patches[window] == i) / mask.size,
            )
            for i, window in enumerate(ndimage.find_objects(patches), start=1)
        ]
        kept = [blob for blob in blobs if blob.share >= SPECK]
        return tuple(sorted(kept, key=lambda blob: -blob.share))


def find_colours(picture: NDArray[np.floating], palette: Palette) -> ColourMap:
    """Name the colour of every pixel.

    picture: h w 3 in 0..1. Errors: GligenError where it has another shape.
    """
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise GligenError(f"picture of shape {picture.shape}: expected height x width x 3 (RGB).")
    picture = picture.astype(np.float64)
    colours = np.array(list(palette.values()), dtype=np.float64)

    chroma = picture.max(axis=2) - picture.min(axis=2)
    pale = chroma <= np.quantile(chroma, PALE_SHARE)
    background = np.broadcast_to(np.median(picture[pale], axis=0), picture.shape)
    labels = _nearest_mix(picture, background, colours)
    for _ in range(BACKGROUND_ROUNDS):
        unpainted = labels < 0
        if not unpainted.any():
            break
        background = _smooth_surface(picture, unpainted)
        labels = _nearest_mix(picture, background, colours)
    return ColourMap(tuple(palette), labels)


def find_shapes(picture: NDArray[np.floating], palette: Palette) -> Layout:
    """Coloured shapes of a picture (h w 3 in 0..1), each an entity called by its colour."""
    colours = find_colours(picture, palette)
    blobs = [blob for name in colours.names for blob in colours.blobs(name)]
    height, width = colours.labels.shape
    return Layout(
        tuple(Entity(f"e{n}", blob.box, blob.colour) for n, blob in enumerate(blobs, 1)),
        width=width,
        height=height,
    )


def _nearest_mix(
    picture: NDArray[np.float64], background: NDArray[np.float64], colours: NDArray[np.float64]
) -> NDArray[np.int64]:
    """labels h w: for each pixel the colour whose mix with the background comes nearest to it."""
    away = picture - background  # h w 3
    to_colour = colours[:, None, None] - background  # p h w 3
    length = (to_colour**2).sum(axis=-1).clip(1e-6)
    amount = ((to_colour * away).sum(axis=-1) / length).clip(0, 1)  # p h w
    error = np.linalg.norm(away - amount[..., None] * to_colour, axis=-1)
    best = (error + MIX_PREFERENCE * (1 - amount)).argmin(axis=0)
    painted = np.take_along_axis(amount, best[None], axis=0)[0] > EDGE
    return np.where(painted, best, -1)


def _smooth_surface(picture: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The background h w 3 as a quadratic in x and y, fitted to the pixels `where` it shows."""
    height, width = where.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    coefficients = np.linalg.lstsq(terms[where], picture[where], rcond=None)[0]
    return (terms @ coefficients).clip(0, 1)


def _box_of(window: tuple[slice, slice], shape: tuple[int, ...]) -> Box:
    rows, columns = window
    height, width = shape
    return Box(columns.start / width, rows.start / height, columns.stop / width, rows.stop / height)


def _ndimage() -> Any:
    """scipy comes with the host, but is no requirement of the core: imported where it is used."""
    try:
        from scipy import ndimage
    except ImportError as error:
        raise GligenError(
            "scipy is missing: finding shapes needs it. Install it: pip install scipy"
        ) from error
    return ndimage
