"""Layouts in and out: one file and one row of FORMATS for each format, pure and host-free."""

from .capabilities import Capabilities, reduced
from .format import Format
from .parsing import UNTOLD, Canvas, Context, Options
from .recognise import BY_NAME, EXPORTS, FORMATS, parse_anything, read, recognised

__all__ = [
    "BY_NAME",
    "EXPORTS",
    "FORMATS",
    "UNTOLD",
    "Canvas",
    "Capabilities",
    "Context",
    "Format",
    "Options",
    "parse_anything",
    "read",
    "recognised",
    "reduced",
]
