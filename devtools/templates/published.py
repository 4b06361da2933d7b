"""The published files that templates load: name, folder and address, as a template declares them.

A page that finds `properties.models` on a node offers to download what is missing. It offers no
file whose name ends in .bin, in which form the official files are published: they get .pth, and
Load GLIGEN reads them under any of its suffixes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SITE = "https://huggingface.co"
OFFICIAL_MODES = (
    *(
        f"generation-{mode}"
        for mode in (
            "text-box",
            "text-image-box",
            "keypoint",
            "hed",
            "canny",
            "depth",
            "normal",
            "sem",
        )
    ),
    "inpainting-text-box",
    "inpainting-text-image-box",
)
OFFICIAL_SUFFIX = ".pth"


@dataclass(frozen=True, slots=True)
class Published:
    """name: of the file in its folder · folder: of `models` · address: of the file itself"""

    name: str
    folder: str
    address: str
    what: str


def _official(mode: str) -> Published:
    repository = f"gligen/gligen-{mode}"
    return Published(
        f"gligen-{mode}{OFFICIAL_SUFFIX}",
        "gligen",
        f"{SITE}/{repository}/resolve/main/diffusion_pytorch_model.bin",
        f"the official GLIGEN, `diffusion_pytorch_model.bin` of `{repository}` under a name of "
        "its own",
    )


def _pruned(name: str) -> Published:
    address = f"{SITE}/comfyanonymous/GLIGEN_pruned_safetensors/resolve/main/{name}"
    return Published(name, "gligen", address, "the text-box GLIGEN, pruned")


FILES: Mapping[str, Published] = {
    file.name: file
    for file in (
        *(_official(mode) for mode in OFFICIAL_MODES),
        _pruned("gligen_sd14_textbox_pruned.safetensors"),
        _pruned("gligen_sd14_textbox_pruned_fp16.safetensors"),
        Published(
            "gligen-xl-1024",
            "gligen",
            f"{SITE}/jiuntian/gligen-xl-1024/resolve/main/unet/diffusion_pytorch_model.safetensors",
            "the folder `unet` of `jiuntian/gligen-xl-1024` (its `config.json` and its weights), "
            "put inside this one",
        ),
        Published(
            "sd-v1-4.ckpt",
            "checkpoints",
            f"{SITE}/CompVis/stable-diffusion-v-1-4-original/resolve/main/sd-v1-4.ckpt",
            "Stable Diffusion 1.4, which the official files were trained on",
        ),
        Published(
            "v1-5-pruned-emaonly.safetensors",
            "checkpoints",
            f"{SITE}/stable-diffusion-v1-5/stable-diffusion-v1-5/resolve/main/"
            "v1-5-pruned-emaonly.safetensors",
            "any checkpoint of Stable Diffusion 1.x will do",
        ),
        Published(
            "sd_xl_base_1.0.safetensors",
            "checkpoints",
            f"{SITE}/stabilityai/stable-diffusion-xl-base-1.0/resolve/main/"
            "sd_xl_base_1.0.safetensors",
            "any SDXL checkpoint will do",
        ),
        Published(
            "clip_l.safetensors",
            "text_encoders",
            f"{SITE}/openai/clip-vit-large-patch14/resolve/main/model.safetensors",
            "CLIP ViT-L/14 with its text projection, which SD 1.x checkpoints lack",
        ),
        Published(
            "clip-vit-large-patch14.safetensors",
            "clip_vision",
            f"{SITE}/openai/clip-vit-large-patch14/resolve/main/model.safetensors",
            "CLIP ViT-L/14's image encoder (the same file)",
        ),
    )
}


def files_of(values: Iterable[Any]) -> list[Published]:
    """The published files among the values of a node's inputs."""
    return [FILES[value] for value in values if isinstance(value, str) and value in FILES]


def models_of(values: Iterable[Any]) -> list[dict[str, str]]:
    """What a node declares in `properties.models`."""
    return [
        {"name": file.name, "url": file.address, "directory": file.folder}
        for file in files_of(values)
    ]
