"""A picture with its boxes drawn in: solid where an object was asked for, dashed where it is."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from ..geometry import Box
from .scoring import PictureScore

LARGE_PX = 512  # the short side of what is drawn on, so that phrases can be read
LINE_PX = 3
DASH_PX = 9
TEXT_PX = 16
# One per entity, in turn; dark enough for a pale background.
LINES = ("#b3003c", "#0050b3", "#006b3c", "#8a5a00", "#5b2d91", "#00687a")


def draw_boxes(picture: Image.Image, score: PictureScore) -> Image.Image:
    """A copy of the picture, enlarged by a whole factor, with both boxes and the phrase of each."""
    factor = max(1, round(LARGE_PX / min(picture.size)))
    large = picture.convert("RGB").resize(
        (picture.width * factor, picture.height * factor), Image.Resampling.NEAREST
    )
    draw = ImageDraw.Draw(large)
    for number, entity in enumerate(score.entities):
        line = LINES[number % len(LINES)]
        _solid(draw, entity.asked, large.size, line)
        if entity.found:
            _dashed(draw, entity.found, large.size, line)
        _label(draw, entity.asked, large.size, line, f"{entity.text}  {entity.iou:.2f}")
    return large


def _solid(draw: ImageDraw.ImageDraw, box: Box, size: tuple[int, int], line: str) -> None:
    draw.rectangle(_corners(box, size), outline=line, width=LINE_PX)


def _dashed(draw: ImageDraw.ImageDraw, box: Box, size: tuple[int, int], line: str) -> None:
    x0, y0, x1, y1 = _corners(box, size)
    for x in range(x0, x1, 2 * DASH_PX):
        for y in (y0, y1):
            draw.line((x, y, min(x + DASH_PX, x1), y), fill=line, width=LINE_PX)
    for y in range(y0, y1, 2 * DASH_PX):
        for x in (x0, x1):
            draw.line((x, y, x, min(y + DASH_PX, y1)), fill=line, width=LINE_PX)


def _label(
    draw: ImageDraw.ImageDraw, box: Box, size: tuple[int, int], line: str, text: str
) -> None:
    """White on the line's colour, inside the upper left corner of the box."""
    x0, y0, _, _ = _corners(box, size)
    font = ImageFont.load_default(TEXT_PX)
    left, top, right, bottom = draw.textbbox((x0 + LINE_PX + 2, y0 + LINE_PX + 1), text, font=font)
    shift = min(0, size[0] - right - LINE_PX)  # a long phrase moves left, to stay on the picture
    draw.rectangle((left + shift - 3, top - 2, right + shift + 3, bottom + 2), fill=line)
    draw.text((x0 + LINE_PX + 2 + shift, y0 + LINE_PX + 1), text, font=font, fill="white")


def _corners(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Whole pixels, the last one still on the picture."""
    x0, y0, x1, y1 = (round(value) for value in box.pixels(*size))
    return x0, y0, min(x1, size[0] - 1), min(y1, size[1] - 1)
