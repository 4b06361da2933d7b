"""Layouts in and out: one file for each format, with `parse` and `dump`, pure and host-free.

`CARRIES` says what of a layout each format brings back.
"""

from .anything import parse as parse_anything
from .carries import CARRIES, Carries, reduced
from .reading import UNTOLD, Canvas

__all__ = ["CARRIES", "UNTOLD", "Canvas", "Carries", "parse_anything", "reduced"]
