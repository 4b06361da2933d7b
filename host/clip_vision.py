"""Features of reference pictures: CLIP vision, then back through CLIP's text projection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import folder_paths
import torch
from torch import Tensor

from ..gligen_core.bases.unets import SD1, SD2
from ..gligen_core.checkpoint.matrix import read_matrix
from ..gligen_core.errors import GligenError
from ..gligen_core.features import image_features
from ..gligen_core.text import logger
from .files import FOLDER, PROJECTION_FILES
from .names import named

_log = logger(__name__)

ENCODERS = {
    SD1.context: "CLIP ViT-L/14 (often 'clip-vit-large-patch14' or 'clip_vision_l')",
    SD2.context: "CLIP ViT-H/14",
    1280: "CLIP ViT-bigG/14",
}
# The first entries of ViT-L/14's text projection. The host leaves a CLIP that came without one
# with whatever was in memory; a fine-tuned one stays close to this.
KNOWN_WIDTH = SD1.context
KNOWN_START = (-0.01088, -0.00542, 0.00317, 0.00241, 0.00872, 0.00304, -0.01833, -0.01133)
ALIKE = 0.8  # least cosine to KNOWN_START


def picture_feature(
    clip_vision: Any, clip: Any, picture: Tensor, centre_crop: bool, width: int, name: str
) -> Tensor:
    """The feature of a reference image in the space of phrase features: width, float32 on the CPU.

    clip_vision, clip: the host's, or None · picture: 1 H W 3 in 0..1 · name: of the GLIGEN
    """
    if clip_vision is None:
        raise GligenError(
            f"GLIGEN_Ground: {name} looks at reference images, but `clip_vision` is not "
            f"connected. Wire it to Load CLIP Vision with {_encoder(width)}."
        )
    embeds = clip_vision.encode_image(picture, crop=centre_crop)["image_embeds"]
    got = embeds.shape[-1]
    if got != width:
        raise GligenError(
            f"GLIGEN_Ground: this CLIP_VISION gives {got} features ({_encoder(got)}); "
            f"{name} was trained with {width}. Load {_encoder(width)} in Load CLIP Vision."
        )
    return image_features(embeds.float().cpu(), text_projection(clip, width))[0]


def text_projection(clip: Any, width: int) -> Tensor:
    """CLIP's text projection, width x width: of the CLIP that is wired if it carries one, else
    of a small file in the model folder; GligenError says what is missing."""
    own = _own_projection(clip, width)
    if own is not None and _looks_known(own):
        return own
    path = _projection_path()
    if path is not None:
        return _read_projection(path, width)
    if own is not None:
        _log.warning(
            "%s: the text projection of this CLIP does not look like ViT-L/14's; reference images "
            "may have the wrong effect. Wire the CLIP of 'clip_l.safetensors', or put GLIGEN's "
            "'projection_matrix' into models/%s.",
            named("GLIGEN_Ground"),
            FOLDER,
        )
        return own
    raise GligenError(
        f"GLIGEN_Ground: reference images need the text projection of {_encoder(width)}, and "
        "checkpoints of SD1.x do not hold it. Wire `clip` to Load CLIP with 'clip_l.safetensors', "
        "which does, or put the file 'projection_matrix' (2.4 MB, from github.com/gligen/GLIGEN) "
        f"into models/{FOLDER}."
    )


def _own_projection(clip: Any, width: int) -> Tensor | None:
    """None for a CLIP without one: the host then has an identity, zeros or rubbish there."""
    stage = getattr(clip, "cond_stage_model", None)
    encoder = getattr(stage, getattr(stage, "clip", ""), None) or getattr(stage, "clip_l", None)
    layer = getattr(getattr(encoder, "transformer", None), "text_projection", None)
    if layer is None or tuple(layer.weight.shape) != (width, width):
        return None
    weight = layer.weight.detach().float().cpu()
    rows = weight.norm(dim=1)
    sound = bool(weight.isfinite().all()) and bool((rows > 1e-3).all()) and float(rows.max()) < 1e3
    return weight if sound and not torch.equal(weight, torch.eye(width)) else None


def _looks_known(projection: Tensor) -> bool:
    if len(projection) != KNOWN_WIDTH:
        return True
    start, known = projection[0, : len(KNOWN_START)], torch.tensor(KNOWN_START)
    return float(torch.cosine_similarity(start, known, dim=0)) > ALIKE


def _projection_path() -> Path | None:
    places = [Path(root) for root in folder_paths.get_folder_paths(FOLDER)]
    files = (place / name for place in places for name in PROJECTION_FILES)
    return next((file for file in files if file.is_file()), None)


def _read_projection(path: Path, width: int) -> Tensor:
    """The official file is a bare tensor; a safetensors file has it under some name."""
    try:
        return read_matrix(path, width, width)
    except GligenError as problem:
        raise GligenError(
            f"GLIGEN_Ground: the text projection can't be read. {problem} Take "
            "'projection_matrix' from github.com/gligen/GLIGEN."
        ) from problem


def _encoder(width: int) -> str:
    return ENCODERS.get(width, f"a CLIP with {width} projected features")
