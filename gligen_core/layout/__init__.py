"""Layouts (what goes where) as frozen values, and their JSON, version 1.

The widget's value, the file format and the API's input are one and the same JSON.
"""

from .read import parse_layout, parse_sequence
from .types import (
    Entity,
    Layout,
    Layouts,
    LayoutSequence,
    Overflow,
    Pose,
    frames_of,
    still_or_sequence,
)
from .write import dump_layout, dump_sequence

__all__ = [
    "Entity",
    "Layout",
    "LayoutSequence",
    "Layouts",
    "Overflow",
    "Pose",
    "dump_layout",
    "dump_sequence",
    "frames_of",
    "parse_layout",
    "parse_sequence",
    "still_or_sequence",
]
