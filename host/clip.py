"""Phrase features from the host's CLIP: one vector for a phrase, as each GLIGEN was trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from ..gligen_core.bases import BASES
from ..gligen_core.bases.base import Pooled
from ..gligen_core.bases.unets import SD1
from ..gligen_core.errors import GligenError

ENCODERS = {base.context: base.text_encoder for base in BASES} | {
    1280: "OpenCLIP ViT-bigG/14, the second text encoder of SDXL",
}


def phrase_features(clip: Any, phrases: Sequence[str], width: int, name: str) -> Tensor:
    """-> n width, float32 on the CPU; each distinct phrase is encoded once.

    clip: the host's CLIP · width: what the GLIGEN called `name` was trained with
    """
    if clip is None:
        raise GligenError(
            f"GLIGEN_Ground: {name} reads phrases, but `clip` is not connected. Wire it to the "
            f"CLIP of your checkpoint loader; this GLIGEN needs {encoder_of(width)}."
        )
    features = {phrase: _encode(clip, phrase, width, name) for phrase in dict.fromkeys(phrases)}
    return torch.stack([features[phrase] for phrase in phrases] or [torch.zeros(0, width)]).reshape(
        len(phrases), width
    )


def _encode(clip: Any, phrase: str, width: int, name: str) -> Tensor:
    pooled = _pooled(clip, phrase)
    got = 0 if pooled is None else pooled.shape[-1]
    if pooled is None or got != width:
        raise GligenError(
            f"GLIGEN_Ground: this CLIP gives phrase features {got} wide"
            f"{f' ({ENCODERS[got]})' if got in ENCODERS else ''}; {name} was trained with {width}. "
            f"Wire `clip` to {encoder_of(width)}."
        )
    return pooled[0].float().cpu()


def _pooled(clip: Any, phrase: str) -> Tensor | None:
    """-> 1 c: what stands at the end of the phrase, read as the encoders of its base are."""
    there = getattr(clip, "cond_stage_model", None)
    bases = (b for b in BASES if all(getattr(there, name, None) is not None for name in b.encoders))
    base = max(bases, key=lambda base: len(base.encoders), default=SD1)
    return POOLED[base.pooled](clip, clip.tokenize(phrase))


def _at_end(clip: Any, tokens: dict[str, Any]) -> Tensor | None:
    """SD1.x, 1 c: the last layer's, before the projection."""
    return clip.encode_from_tokens(tokens, return_pooled="unprojected")[1]


def _penultimate(clip: Any, tokens: dict[str, Any]) -> Tensor:
    """SD2.x, 1 1024: the prompt's own features, of the last layer but one, at the end of the text.

    The text encoder that its GLIGEN was trained with (igligen, on stable-diffusion-2-1-base) ends
    there. The host's pooled features come from one layer more, which files made from that one lack.
    """
    plain = clip.clone()
    plain.layer_idx = None  # whatever CLIP Set Last Layer says of the prompt
    features = plain.encode_from_tokens(tokens)
    end = clip.cond_stage_model.clip_h.special_tokens["end"]
    first = [token for token, *_ in tokens["h"][0]]
    # Others may be tensors: embeddings.
    at = next(n for n, token in enumerate(first) if isinstance(token, int) and token == end)
    return features[:, at]


def _of_both(clip: Any, tokens: dict[str, Any]) -> Tensor:
    """SDXL, 1 2048: ViT-L's before its projection, which SDXL does not have; bigG's behind it."""
    encoders = clip.cond_stage_model
    encoders.reset_clip_options()
    encoders.clip_l.set_clip_options({"projected_pooled": False})
    encoders.clip_g.set_clip_options({"projected_pooled": True})
    clip.load_model()
    _, large = encoders.clip_l.encode_token_weights(tokens["l"])
    _, giant = encoders.clip_g.encode_token_weights(tokens["g"])
    return torch.cat((large, giant), dim=-1)


POOLED: dict[Pooled, Callable[[Any, dict[str, Any]], Tensor | None]] = {
    "end of text": _at_end,
    "penultimate layer": _penultimate,
    "both encoders": _of_both,
}


def encoder_of(width: int) -> str:
    """The text encoder that gives phrase features of that width, in words."""
    return ENCODERS.get(width, f"a text encoder with {width} pooled features")
