"""Pictures on their way to a network: cropped and resized as the official script does it."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from .bases import CELL_PX
from .errors import GligenError
from .geometry import Box


def map_picture(image: Tensor, where: str) -> Tensor:
    """The host's image of a map as the networks read it.

    image: b H W c in 0..1, c = 1 or 3 -> b 3 H W in -1..1. GligenError for another c.
    """
    channels = image.shape[-1]
    if channels not in (1, 3):
        what = "an alpha channel" if channels == 4 else f"{channels} channels"
        raise GligenError(
            f"{where}: the map has {what}; expected red, green and blue. "
            "Take the IMAGE without its alpha, or put it on a plain background first."
        )
    picture = image.expand(*image.shape[:-1], 3).movedim(-1, 1)
    return picture.float() * 2 - 1


def centre_crop(picture: Tensor, height: int, width: int) -> Tensor:
    """The largest part of b c H W around its centre that has the aspect height : width.

    For a square: official `crop_and_resize`.
    """
    rows, columns = picture.shape[-2:]
    scale = min(rows / height, columns / width)
    crop_rows, crop_columns = max(round(height * scale), 1), max(round(width * scale), 1)
    top, left = round((rows - crop_rows) / 2), round((columns - crop_columns) / 2)
    return picture[..., top : top + crop_rows, left : left + crop_columns]


def resized(picture: Tensor, height: int, width: int) -> Tensor:
    """Pictures (b c H W) resized as Pillow does: bicubic; class numbers (uint8) nearest.

    For pictures of the goal's aspect Pillow goes along the rows, cuts what overshoots -1..1, then
    goes along the columns.
    """
    if picture.shape[-2:] == (height, width):
        return picture
    if not picture.is_floating_point():
        return functional.interpolate(picture, (height, width), mode="nearest-exact")
    for size in ((picture.shape[-2], width), (height, width)):
        picture = functional.interpolate(picture, size, mode="bicubic", antialias=True)
        picture = picture.clamp(-1, 1)
    return picture


def cut(picture: Tensor, area: Box) -> Tensor:
    """The part of b c H W that an area of the canvas shows; at least a pixel."""
    rows, columns = picture.shape[-2:]
    x0, y0, x1, y1 = (round(value) for value in area.pixels(columns, rows))
    return picture[..., y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def whole_cells(image: Tensor) -> Tensor:
    """Pictures (b H W c) cut around the centre to multiples of 8 pixels, as the host's VAE cuts."""
    height, width = (side // CELL_PX * CELL_PX for side in image.shape[1:3])
    if not height or not width:
        raise GligenError(
            f"the picture is {image.shape[2]} x {image.shape[1]} pixels; expected at least "
            f"{CELL_PX} x {CELL_PX}."
        )
    top, left = ((side % CELL_PX) // 2 for side in image.shape[1:3])
    return image[:, top : top + height, left : left + width]
