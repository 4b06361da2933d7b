"""Features of reference pictures, in the space of phrase features.

GLIGEN takes CLIP's picture embedding back through CLIP's text projection, so that a picture
looks like a pooled phrase (official gligen_inference.py, `get_clip_feature`, "after_reproject").
"""

from __future__ import annotations

from torch import Tensor

from .errors import GligenError

IMAGE_FEATURE_NORM = 28.7  # length of the result: about that of a pooled phrase of ViT-L/14


def image_features(embeds: Tensor, projection: Tensor) -> Tensor:
    """28.7 * y / |y| with y = e P, float32; the length of `embeds` does not matter.

    embeds: n c (CLIP's image_embeds) · projection: c c, CLIP's text projection as its layer has
    it (out, in). The transpose stands for the inverse, as in training. -> n c
    """
    if projection.ndim != 2 or projection.shape[0] != embeds.shape[-1]:
        raise GligenError(
            f"picture features {embeds.shape[-1]} wide do not fit a text projection of "
            f"{tuple(projection.shape)}. Take both from the same CLIP."
        )
    features = embeds.float() @ projection.float().to(embeds.device)
    return IMAGE_FEATURE_NORM * features / features.norm(dim=-1, keepdim=True)
