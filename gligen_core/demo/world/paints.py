"""Colours of the world, red green blue in 0..1."""

from __future__ import annotations

RGB = tuple[float, float, float]

# What a phrase can name.
COLOURS: dict[str, RGB] = {
    "red": (0.86, 0.12, 0.14),
    "orange": (0.98, 0.52, 0.06),
    "yellow": (0.96, 0.86, 0.10),
    "green": (0.12, 0.62, 0.24),
    "blue": (0.12, 0.32, 0.88),
    "purple": (0.52, 0.16, 0.70),
}
# What parts of things are painted with besides.
PAINTS: dict[str, RGB] = {
    "ink": (0.13, 0.13, 0.18),
    "white": (0.99, 0.99, 0.98),
    "grey": (0.62, 0.64, 0.68),
    "wood": (0.50, 0.31, 0.17),
    "gold": (0.99, 0.77, 0.18),
    "amber": (0.96, 0.60, 0.14),
    "glass": (0.78, 0.91, 0.97),
    "leaf": (0.22, 0.55, 0.22),
    "mist": (0.58, 0.68, 0.84),
    "haze": (0.80, 0.87, 0.95),
    "cream": (0.98, 0.93, 0.80),
    "skin": (0.93, 0.72, 0.55),
    "hair": (0.28, 0.17, 0.12),
    "denim": (0.25, 0.31, 0.46),
}
DARK, LIGHT = 0.62, 0.55  # `dark`: the colour times this; `light`: so much of the way to white


def paint(role: str, main: RGB) -> RGB:
    """The colour of a part. role: `main`, `dark` or `light` of the thing's own, or a paint."""
    match role:
        case "main":
            return main
        case "dark":
            return (main[0] * DARK, main[1] * DARK, main[2] * DARK)
        case "light":
            r, g, b = (value + LIGHT * (1 - value) for value in main)
            return (r, g, b)
        case _:
            return PAINTS[role]
