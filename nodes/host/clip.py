"""Phrase features from the host's CLIP: pooled, before its projection, as GLIGEN was trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ...gligen_core.errors import GligenError

ENCODERS = {
    768: "CLIP ViT-L/14, the text encoder of SD1.x",
    1024: "OpenCLIP ViT-H/14, the text encoder of SD2.x",
    1280: "OpenCLIP ViT-bigG/14, the second text encoder of SDXL",
}


def phrase_features(clip: Any, phrases: Sequence[str], width: int, name: str) -> Tensor:
    """-> n width, float32 on the CPU; each distinct phrase is encoded once.

    clip: the host's CLIP · width: what the GLIGEN called `name` was trained with
    """
    if clip is None:
        raise GligenError(
            f"Ground: {name} reads phrases, but 'clip' is not connected. Wire it to the CLIP of "
            f"your checkpoint loader; this GLIGEN needs {_encoder(width)}."
        )
    features = {phrase: _encode(clip, phrase, width, name) for phrase in dict.fromkeys(phrases)}
    return torch.stack([features[phrase] for phrase in phrases] or [torch.zeros(0, width)]).reshape(
        len(phrases), width
    )


def _encode(clip: Any, phrase: str, width: int, name: str) -> Tensor:
    _, pooled = clip.encode_from_tokens(clip.tokenize(phrase), return_pooled="unprojected")
    got = 0 if pooled is None else pooled.shape[-1]
    if pooled is None or got != width:
        raise GligenError(
            f"Ground: this CLIP gives phrase features {got} wide"
            f"{f' ({ENCODERS[got]})' if got in ENCODERS else ''}; {name} was trained with {width}. "
            f"Wire 'clip' to {_encoder(width)}."
        )
    return pooled[0].float().cpu()


def _encoder(width: int) -> str:
    return ENCODERS.get(width, f"a text encoder with {width} pooled features")
