"""Names of GLIGEN tensors: LDM, as the official files have them, and diffusers.

Only the way to a transformer block differs; `fuser.*` and `position_net.*` have the same names in
both. Source: diffusers `scripts/convert_gligen_to_diffusers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Layout = Literal["ldm", "diffusers"]

TOKENIZER = "position_net."
DOWNSAMPLER = "downsample_net."
FIRST_CONVOLUTION = "input_blocks.0.0."
FUSER = ".fuser."
DIGITS = 4  # of a block's number, at most
RESNETS = 2  # `layers_per_block` of SD1.x, SD2.x and SDXL

_PLACES: dict[str, Layout] = {
    "input_blocks": "ldm",
    "middle_block": "ldm",
    "output_blocks": "ldm",
    "down_blocks": "diffusers",
    "mid_block": "diffusers",
    "up_blocks": "diffusers",
}
_PLACE = re.compile(rf"(?:^|(?<=\.))({'|'.join(_PLACES)})\.")
_DIFFUSERS_FIRST_CONVOLUTION = "conv_in."


def ldm_names(keys: Iterable[str], resnets: int = RESNETS) -> tuple[dict[str, str], Layout]:
    """The file's own key of each GLIGEN tensor, by its LDM name; and how the file names them.

    Whatever stands before the blocks (`model.diffusion_model.`, `unet.`) is found on the fusers'
    keys and taken off. Empty where the file has no fusers.
    """
    keys = tuple(keys)
    # Looked for apart: in one expression, repeated places would take the square of their time.
    fusers = ((key, key.rfind(FUSER)) for key in keys)
    places = (_PLACE.search(key, 0, at) for key, at in fusers if at > 0)
    place = next((found for found in places if found), None)
    if place is None:
        return {}, "ldm"
    prefix, layout = place.string[: place.start()], _PLACES[place[1]]
    names: dict[str, str] = {}
    for key in keys:
        name = key.removeprefix(prefix)
        if layout == "diffusers":
            name = to_ldm(name, resnets)
        in_unet = FUSER in name or name.startswith(FIRST_CONVOLUTION)
        if (in_unet and key.startswith(prefix)) or name.startswith((TOKENIZER, DOWNSAMPLER)):
            names[name] = key
    return names, layout


def to_ldm(name: str, resnets: int = RESNETS) -> str:
    """A diffusers name in LDM's words; names of neither are kept.

    down_blocks.2.attentions.1.* -> input_blocks.8.1.* · conv_in.* -> input_blocks.0.0.*
    mid_block.attentions.0.* -> middle_block.1.* · up_blocks.1.attentions.2.* -> output_blocks.5.1.*
    """
    if name.startswith(_DIFFUSERS_FIRST_CONVOLUTION):
        return FIRST_CONVOLUTION + name.removeprefix(_DIFFUSERS_FIRST_CONVOLUTION)
    match name.split(".", 4):
        case "down_blocks", level, "attentions", at, rest if _are_numbers(level, at):
            return f"input_blocks.{(resnets + 1) * int(level) + int(at) + 1}.1.{rest}"
        case "up_blocks", level, "attentions", at, rest if _are_numbers(level, at):
            return f"output_blocks.{(resnets + 1) * int(level) + int(at)}.1.{rest}"
        case "mid_block", "attentions", "0", *rest:
            return f"middle_block.1.{'.'.join(rest)}"
        case _:
            return name


def to_diffusers(name: str, resnets: int = RESNETS) -> str:
    """The other way: an LDM name in the words of diffusers."""
    if name.startswith(FIRST_CONVOLUTION):
        return _DIFFUSERS_FIRST_CONVOLUTION + name.removeprefix(FIRST_CONVOLUTION)
    match name.split(".", 3):
        case "input_blocks", index, "1", rest if _are_numbers(index):
            level, at = divmod(int(index) - 1, resnets + 1)
            return f"down_blocks.{level}.attentions.{at}.{rest}"
        case "output_blocks", index, "1", rest if _are_numbers(index):
            level, at = divmod(int(index), resnets + 1)
            return f"up_blocks.{level}.attentions.{at}.{rest}"
        case "middle_block", "1", *rest:
            return f"mid_block.attentions.0.{'.'.join(rest)}"
        case _:
            return name


def _are_numbers(*texts: str) -> bool:
    """Whether each is a block's number: a few ASCII digits."""
    return all(text.isascii() and text.isdecimal() and len(text) <= DIGITS for text in texts)
