"""Did the things land in their boxes? Coloured shapes found in a picture, and the scores of it."""

from .finding import ColourMap, find_colours, named_colour
from .scoring import EntityScore, PictureScore, Summary, score_picture, summarise

__all__ = [
    "ColourMap",
    "EntityScore",
    "PictureScore",
    "Summary",
    "find_colours",
    "named_colour",
    "score_picture",
    "summarise",
]
