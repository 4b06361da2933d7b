"""The text+image tokenizer, and the feature of a reference picture."""

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from gligen_core.features import image_features
from gligen_core.modalities.text_image_box import TEXT_IMAGE_BOX, TextImageBoxInputs

from .golden import Case
from .networks import TEXT_IMAGE, built, spec_of

# CLIP ViT-L/14's text projection, which the official repository keeps in a file of its own.
PROJECTION = Path(__file__).parents[1] / "fixtures" / "clip_text_projection.safetensors"


def is_tokenizer(case: Case) -> bool:
    return spec_of(case.module) is TEXT_IMAGE_BOX


def tokens(case: Case) -> dict[str, Tensor]:
    tokenizer = built(TEXT_IMAGE_BOX, case.weights)
    inputs = TextImageBoxInputs(*(case.inputs[name] for name in TEXT_IMAGE))
    return {
        "tokens": tokenizer(inputs),
        "tokens_null": tokenizer.null_tokens(inputs.slots).expand(inputs.batch, -1, -1),
    }


def is_image_feature(case: Case) -> bool:
    return case.module.startswith("gligen_inference.get_clip_feature")


def image_feature(case: Case) -> dict[str, Tensor]:
    return {"feature": reprojected(case, "image_embeds")}


def reprojected(case: Case, name: str) -> Tensor:
    """An input of picture embeddings, taken through the case's own projection or CLIP's."""
    own = [weight for weight in case.weights.values() if weight.ndim == 2]
    (projection,) = own or load_file(PROJECTION).values()
    return image_features(case.inputs[name], projection)
