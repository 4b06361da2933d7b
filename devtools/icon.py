"""Icon and banner of the registry: a layout as the editor draws one, and the pack's name.

python3 dev.py python -m devtools.icon
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from .pins import CHECKOUT

FOLDER = CHECKOUT / "docs" / "images"
ICON_PX = 400
BANNER_PX = (1260, 540)  # 21:9
DEEP = 2  # drawn larger, then made smaller, for smooth edges
PAPER, GRID, INK = "#1b1d22", "#2c2f36", "#f2f2f2"
# Edges as fractions of the picture, and a colour: a sun over a house beside a tree.
BOXES = (
    ((0.60, 0.10, 0.88, 0.38), "#f2a33a"),
    ((0.10, 0.40, 0.56, 0.90), "#e4572e"),
    ((0.64, 0.46, 0.90, 0.90), "#17a673"),
)
NAME, CLAIM = "GLIGEN Grounding", "Say what goes where."


def icon(side: int) -> Image.Image:
    picture = Image.new("RGB", (side, side), PAPER)
    pen = ImageDraw.Draw(picture, "RGBA")
    for third in (1, 2):
        at = side * third // 3
        pen.line((at, 0, at, side), GRID, side // 100)
        pen.line((0, at, side, at), GRID, side // 100)
    for edges, colour in BOXES:
        box = [round(edge * side) for edge in edges]
        pen.rectangle(box, fill=f"{colour}55", outline=colour, width=side // 40)
        pen.rectangle((box[0], box[1], box[0] + side // 9, box[1] + side // 18), fill=colour)
    return picture


def banner() -> Image.Image:
    width, height = (DEEP * side for side in BANNER_PX)
    picture = Image.new("RGB", (width, height), PAPER)
    picture.paste(icon(height), (0, 0))
    pen = ImageDraw.Draw(picture)
    left = height * 1.08
    for text, size, down in ((NAME, 0.125, 0.36), (CLAIM, 0.085, 0.56)):
        font = ImageFont.load_default(round(height * size))
        pen.text((left, height * down), text, INK, font)
    return picture


def main() -> None:
    icon(DEEP * ICON_PX).resize((ICON_PX, ICON_PX)).save(FOLDER / "icon.png", optimize=True)
    banner().resize(BANNER_PX).save(FOLDER / "banner.png", optimize=True)


if __name__ == "__main__":
    main()
