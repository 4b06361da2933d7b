"""Which pictures of a batch an evaluation is of: context windows take some of them at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WINDOW = "context_window"  # of the host's windows, in the transformer options
ANCHOR = "causal_anchor_index"  # of newer hosts: a frame put in front of the window's own
ANIMATEDIFF, FRAMES = "ad_params", "sub_idxs"  # of AnimateDiff-Evolved's


def pictures_of(transformer_options: Mapping[str, Any], count: int) -> Sequence[int] | None:
    """Numbers of the `count` pictures at hand, from 0; None where no window is open."""
    window = transformer_options.get(WINDOW)
    pictures = getattr(window, "index_list", None)
    anchor = getattr(window, ANCHOR, None)
    if pictures is not None and anchor is not None and anchor >= 0:
        pictures = [anchor, *pictures]
    if pictures is None or getattr(window, "dim", 0) != 0:
        pictures = (transformer_options.get(ANIMATEDIFF) or {}).get(FRAMES)
    return pictures if pictures is not None and len(pictures) == count else None
