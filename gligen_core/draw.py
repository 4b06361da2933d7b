"""Drawing of a layout: crisp boxes with their phrases, skeletons, and what was found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from .geometry import Box
from .layout import Layout, Pose
from .layout.colours import colour_of, colour_of_id, ink_on, rgb
from .skeletons import COCO_JOINTS, COCO_LIMBS

Colour = tuple[int, int, int]
Pixels = tuple[int, int, int, int]  # x0 y0 x1 y1, the far ones included

PAPER: Colour = (250, 250, 248)
_SIDES = {"left": "#2f8fff", "right": "#ff7f1e"}  # the person's own, as on the pose canvas
READABLE_SIDE_PX = 512  # smaller pictures are enlarged by a whole factor until text can be read
LONGEST_SIDE_PX = 4096  # of paper; no picture is enlarged beyond it
TEXT_SHARE = 1 / 30  # text height as a share of the shorter side
LINE_SHARE = 1 / 200  # line width as a share of the shorter side
DASH_LINES = 4  # a dash and its gap are so many line widths long, each

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw_layout(
    layout: Layout,
    picture: Image.Image | None = None,
    found: Sequence[Box | None] | None = None,
) -> Image.Image:
    """The layout's boxes, labels and poses over a picture, or over paper of the layout's size.

    found: for each entity the box in which it was found, or None; drawn dashed. Pictures under
    512 px a side come out enlarged by a whole factor.
    """
    if found is not None and len(found) != len(layout.entities):
        raise ValueError(f"{len(found)} found boxes for {len(layout.entities)} entities")
    canvas = _canvas(layout, picture)
    pen = ImageDraw.Draw(canvas)
    line = max(round(min(canvas.size) * LINE_SHARE), 1)
    font = ImageFont.load_default(size=max(round(min(canvas.size) * TEXT_SHARE), 8))
    for index, entity in enumerate(layout.entities):
        colour = rgb(colour_of(entity))
        place = _pixels(entity.box, canvas.size)
        pen.rectangle(place, outline=colour, width=line)
        seen = found[index] if found is not None else None
        if seen is not None:
            _dashed(pen, _pixels(seen, canvas.size), colour, line)
    for pose in layout.poses:
        _skeleton(pen, pose, canvas.size, line)
    for entity in layout.entities:  # last, so that no line runs through a phrase
        text = entity.text or ("" if entity.image is None else f"image {entity.image}")
        if text:
            _label(pen, text, _pixels(entity.box, canvas.size), colour_of(entity), font)
    return canvas


def paper_size(layout: Layout) -> tuple[int, int]:
    """Width and height in pixels of a drawing without a picture: the layout's, large ones less."""
    share = min(LONGEST_SIDE_PX / max(layout.width, layout.height), 1)
    return max(round(layout.width * share), 1), max(round(layout.height * share), 1)


def entity_colour(id_: str) -> Colour:
    """The colour that belongs to an id alone: it stays when others come, go or move."""
    return rgb(colour_of_id(id_))


def _canvas(layout: Layout, picture: Image.Image | None) -> Image.Image:
    if picture is None:
        return _enlarged(Image.new("RGB", paper_size(layout), PAPER))
    return _enlarged(picture.convert("RGB"))


def _enlarged(picture: Image.Image) -> Image.Image:
    """The picture enlarged: a new one, never the caller's own."""
    factor = max(math.ceil(READABLE_SIDE_PX / min(picture.size)), 1)
    factor = min(factor, max(LONGEST_SIDE_PX // max(picture.size), 1))
    size = (picture.width * factor, picture.height * factor)
    return picture.resize(size, Image.Resampling.BICUBIC) if factor > 1 else picture.copy()


def _pixels(box: Box, size: tuple[int, int]) -> Pixels:
    """The edges of a box in pixels, at least one and all of them on the picture."""
    x0, y0, x1, y1 = box.pixels(*size)
    left, top = min(round(x0), size[0] - 1), min(round(y0), size[1] - 1)
    return max(left, 0), max(top, 0), max(round(x1) - 1, left, 0), max(round(y1) - 1, top, 0)


def _dashed(pen: ImageDraw.ImageDraw, place: Pixels, colour: Colour, line: int) -> None:
    x0, y0, x1, y1 = place
    dash = DASH_LINES * line
    for x in range(x0, x1 + 1, 2 * dash):
        end = min(x + dash, x1)
        pen.rectangle((x, y0, end, min(y0 + line - 1, y1)), fill=colour)
        pen.rectangle((x, max(y1 - line + 1, y0), end, y1), fill=colour)
    for y in range(y0, y1 + 1, 2 * dash):
        end = min(y + dash, y1)
        pen.rectangle((x0, y, min(x0 + line - 1, x1), end), fill=colour)
        pen.rectangle((max(x1 - line + 1, x0), y, x1, end), fill=colour)


def _skeleton(pen: ImageDraw.ImageDraw, pose: Pose, size: tuple[int, int], line: int) -> None:
    """Arms and legs in their side's colour, the nose and what joins the sides in the person's."""
    points = [(joint.x * size[0], joint.y * size[1]) for joint in pose.joints]
    there = [joint.visible > 0 for joint in pose.joints]
    own = colour_of(pose)
    sides = [_SIDES.get(name.partition(" ")[0], own) for name in COCO_JOINTS]
    for one, other in COCO_LIMBS:
        if there[one] and there[other]:
            colour = sides[other] if sides[one] in (sides[other], own) else own
            pen.line((points[one], points[other]), fill=colour, width=line)
    for point, seen, colour in zip(points, there, sides, strict=True):
        if seen:
            pen.circle(point, 1.5 * line, fill=colour)


def _label(pen: ImageDraw.ImageDraw, text: str, place: Pixels, colour: str, font: Font) -> None:
    """A strip with the phrase on top of the box, or inside it at the upper edge of the picture."""
    width, height = pen.im.size
    ascent_to_descent = pen.textbbox((0, 0), "Ag", font=font)
    strip_height = round(ascent_to_descent[3] * 1.2)
    pad = strip_height // 4
    text = _shortened(" ".join(text.split()), font, width - 2 * pad)
    strip_width = round(font.getlength(text)) + 2 * pad
    x = max(min(place[0], width - strip_width), 0)
    above = place[1] - strip_height
    y = above if above >= 0 else min(place[1], height - strip_height)
    pen.rectangle((x, y, x + strip_width - 1, y + strip_height - 1), fill=colour)
    pen.text((x + pad, y), text, fill=ink_on(colour), font=font)


def _shortened(text: str, font: Font, width_px: int) -> str:
    """The text, cut with dots where it is wider than the picture."""
    if font.getlength(text) <= width_px:
        return text
    kept = text[: max(2 * width_px, 1)]  # no glyph is narrower than half a pixel
    while kept and font.getlength(f"{kept}...") > width_px:
        kept = kept[: len(kept) * 9 // 10]
    return f"{kept}..."
