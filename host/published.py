"""Where published GLIGEN files are had: what a person is told whose file is missing.

Only told: nothing here goes to the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

SITE = "https://huggingface.co"
OFFICIAL, PRUNED, SDXL = "gligen", "comfyanonymous/GLIGEN_pruned_safetensors", "jiuntian"
DEMO = re.compile(r"^demo_")

# What a name holds -> the repository; a pattern's own words are put into it.
PUBLISHED: Mapping[re.Pattern[str], str] = MappingProxyType(
    {
        re.compile(
            r"(gligen-(?:generation-(?:text-box|text-image-box|keypoint|hed|canny|depth|normal|sem)"
            r"|inpainting-(?:text-box|text-image-box)))"
        ): rf"{OFFICIAL}/\1",
        re.compile(r"(gligen-xl-1024)"): rf"{SDXL}/\1",
        re.compile(r"gligen_sd14_textbox_pruned(?:_fp16)?\.safetensors$"): PRUNED,
    }
)


def where_had(name: str) -> str:
    """Where a file of that name is downloaded, in a sentence; the usual places for an unknown."""
    for pattern, repository in PUBLISHED.items():
        if found := pattern.search(name):
            return f"It is had from {SITE}/{found.expand(repository)}."
    if DEMO.match(name):
        return "It comes with this pack: install the pack again."
    return (
        f"Official files are had from {SITE}/{OFFICIAL} (diffusion_pytorch_model.bin of the kind "
        f"you want, under a name of your own), small ones from {SITE}/{PRUNED}."
    )
