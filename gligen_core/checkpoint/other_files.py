"""What a file is that is no GLIGEN, or a damaged one, in words that name it and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..bases.sd_keys import FUSER
from ..errors import GligenError
from ..text import excerpt, writable

PUBLISHED = "https://huggingface.co/gligen"
UNETS_ONLY = (
    "This pack grounds UNets: SD1.x, SD2.x and SDXL. Choose a GLIGEN for one of these; the "
    f"published ones are at {PUBLISHED}."
)
LFS_POINTER = b"version https://git-lfs"
LORA_MARKS = ("lora_up", "lora_down", "lora_A", "lora_B", "lora.up", "lora.down", "lokr_", "hada_")
CONTROL_MARKS = ("control_model.", "controlnet_", "input_hint_block.")
TRANSFORMER_PART = "transformer"  # a diffusers folder has this where a UNet has `unet`


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Whatever goes wrong inside ends in a GligenError that names the file, without its folder."""
    name = writable(path.name)
    try:
        yield
    except GligenError as error:
        if name in str(error):
            raise
        raise GligenError(f"{name}: {error}") from error
    except OSError as error:
        raise GligenError(
            f"{name}: can't be read ({error.strerror or type(error).__name__}). Check that the "
            "file is there and that ComfyUI may read it."
        ) from None
    except MemoryError:
        raise GligenError(
            f"{name}: there is not enough memory for its weights. Close other programs, or save "
            "it smaller with Save GLIGEN."
        ) from None
    except Exception as error:  # a net: odd files fail in ways that nobody foresaw
        words = excerpt(error)
        raise GligenError(
            f"{name}: its contents make no GLIGEN ({type(error).__name__}: {words}). The file is "
            "damaged or of another kind; take the original."
        ) from (error if words == str(error) else None)


def without_weights(start: bytes) -> str:
    """What a file is that holds no tensors. start: its first bytes"""
    if not start:
        return "an empty file. Download it again."
    if start.startswith(LFS_POINTER):
        return (
            "a Git LFS pointer, not the weights. Run 'git lfs pull' in its repository, or "
            "download the file in the browser."
        )
    if start.lstrip().startswith(b"<"):
        return (
            "a web page, not the weights; the download was answered with an error or a login. "
            "Open the link in the browser and download the file there."
        )
    return (
        "neither safetensors nor a file of torch.save; it may be damaged, or cut short. "
        "Download it again."
    )


def without_fusers(keys: Iterable[str]) -> str:
    """What a file is that has no fuser in a UNet's blocks."""
    keys = tuple(keys)
    if any(mark in key for key in keys for mark in LORA_MARKS):
        return "a LoRA, not a GLIGEN. Load it with the host's LoRA loader."
    if any(key.startswith(CONTROL_MARKS) for key in keys):
        return "a ControlNet, not a GLIGEN. Load it with the host's ControlNet loader."
    places = sorted({place for key in keys if (place := _fuser_place(key))})
    if places:
        return (
            f"its {len(places)} fusers sit in '{excerpt(places[0], 100)}' and the like: a GLIGEN "
            f"for a diffusion transformer (as SD3, Flux or PixArt are). {UNETS_ONLY}"
        )
    return (
        f"no GLIGEN: none of its {len(keys)} tensors is a fuser (a name with '.fuser.'). "
        f"Choose a GLIGEN file; the published ones are at {PUBLISHED}."
    )


def with_a_transformer() -> str:
    """What a diffusers folder is that has a transformer for a UNet."""
    return f"a diffusers model with a diffusion transformer ('{TRANSFORMER_PART}/'). {UNETS_ONLY}"


def _fuser_place(key: str) -> str | None:
    """`transformer_blocks.0` of `transformer.transformer_blocks.0.fuser.norm1.bias`; else None."""
    place, found, _ = key.partition(FUSER)
    return ".".join(place.split(".")[-2:]) if found else None
