"""What a GLIGEN file says about itself: official config, diffusers config, safetensors metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..bases import Heads
from .limits import LARGEST, MOST_HEADS
from .read import CheckpointFile

MODE_DATA, INPAINT_DATA = "gligen.mode", "gligen.inpaint"  # keys of safetensors metadata
BASE_DATA, HEADS_DATA, FUSER_DATA = "gligen.base", "gligen.heads", "gligen.fuser"
OFFICIAL_NAMES = {"text": "text_box", "text_image": "text_image_box"}  # where they are not ours
DIFFUSERS_NAMES = {"gated": "text_box", "gated-text-image": "text_image_box"}  # attention_type


class Declared(NamedTuple):
    """None where the file says nothing. mode: a name of MODALITIES, or one that nobody knows"""

    mode: str | None = None
    inpaint: bool | None = None
    fuser: str | None = None
    heads: Heads | None = None
    base: str | None = None

    def or_else(self, other: Declared) -> Declared:
        """These, and the other's where these say nothing."""
        return other._replace(**{k: v for k, v in self._asdict().items() if v is not None})


def declared_of(file: CheckpointFile) -> Declared:
    """Config before metadata, field by field."""
    return _of_config(file.config).or_else(_of_metadata(file.metadata))


def _of_config(config: Mapping[str, Any]) -> Declared:
    if "attention_type" in config:  # diffusers
        attention = config["attention_type"]
        return Declared(
            mode=DIFFUSERS_NAMES.get(attention) if isinstance(attention, str) else None,
            heads=_diffusers_heads(config),
        )
    params = _at(config, "model", "params")
    target = _at(params, "grounding_tokenizer").get("target")
    heads, inpaint, fuser = (params.get(n) for n in ("num_heads", "inpaint_mode", "fuser_type"))
    return Declared(
        mode=_official_name(target) if isinstance(target, str) else None,
        inpaint=inpaint if isinstance(inpaint, bool) else None,
        fuser=fuser if isinstance(fuser, str) else None,
        heads=Heads(heads) if _is_count(heads) else None,
    )


def _of_metadata(metadata: Mapping[str, str]) -> Declared:
    heads = metadata.get(HEADS_DATA, "")
    inpaint = metadata.get(INPAINT_DATA)
    return Declared(
        mode=metadata.get(MODE_DATA),
        inpaint=None if inpaint is None else inpaint == "true",
        fuser=metadata.get(FUSER_DATA),
        heads=Heads(int(heads)) if _is_written_count(heads) else None,
        base=metadata.get(BASE_DATA),
    )


def _at(config: Any, *path: str) -> dict[str, Any]:
    """A branch of a config; empty where there is none."""
    for name in path:
        config = config.get(name) if isinstance(config, Mapping) else None
    return dict(config) if isinstance(config, Mapping) else {}


def _official_name(target: str) -> str:
    """`ldm.modules.diffusionmodules.canny_grounding_net.PositionNet` -> canny"""
    name = target.rpartition(".")[0].rpartition(".")[2].removesuffix("_grounding_net")
    return OFFICIAL_NAMES.get(name, name)


def _diffusers_heads(config: Mapping[str, Any]) -> Heads | None:
    """Diffusers calls the number of heads `attention_head_dim`, one for all levels or a list."""
    heads = config.get("num_attention_heads") or config.get("attention_head_dim")
    if _is_count(heads):
        return Heads(heads)
    levels = config.get("block_out_channels")
    if not isinstance(heads, list) or not isinstance(levels, list):
        return None
    if not all(map(_is_count, heads)) or not all(map(_is_width, levels)):
        return None
    widths = {rows // count for rows, count in zip(levels, heads, strict=False)}
    return Heads(width=widths.pop()) if len(widths) == 1 and 0 not in widths else None


def _is_count(value: Any) -> bool:
    """Whether it is a number of heads, not a boolean, a text or a number without end."""
    return type(value) is int and 0 < value <= MOST_HEADS


def _is_width(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST


def _is_written_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4 and _is_count(int(text))
