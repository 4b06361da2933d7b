"""Evaluation: whether the things of a layout landed in their boxes."""

from .matching import SUCCESS_IOU, EntityMatch
from .score import Detector, LayoutScore, score_layouts

__all__ = ["SUCCESS_IOU", "Detector", "EntityMatch", "LayoutScore", "score_layouts"]
