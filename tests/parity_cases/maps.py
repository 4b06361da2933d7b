"""Maps: tokenizers and downsamplers of hed, canny, depth, normal and sem, and their preparation.

The large cases hold parts of the results.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from gligen_core.layers.downsampler import one_hot
from gligen_core.modalities import MODALITIES
from gligen_core.modalities.class_maps import from_numbers
from gligen_core.modalities.maps import MapInputs, prepare
from gligen_core.modalities.modality import Modality
from gligen_core.modalities.sem import prepare as prepare_classes

from .golden import Case
from .networks import built, map_inputs, official_picture, spec_of

LATENT_OF_512 = 64
HED_SIDE = 64  # the official hed downsampler always gives 64 x 64
FULL_RESIZE = 256  # default of the other official downsamplers
DOWNSAMPLING = 4  # of their strided convolutions
PARTS: dict[str, Callable[[Tensor], Tensor]] = {
    "tokens_sub": lambda tokens: tokens[:, ::3, ::2],
    "tokens_null_sub": lambda tokens: tokens[:, ::16, ::2],
    "feature_slice": lambda feature: feature[:, :, ::4, ::4],
}


def is_tokenizer(case: Case) -> bool:
    spec = spec_of(case.module)
    return spec is not None and spec.takes == "map"


def tokens(case: Case) -> dict[str, Tensor]:
    """Tokens of a map, of half a map, of none; and what the backbone sees in it."""
    spec = spec_of(case.module)
    assert spec is not None
    tokenizer, inputs = built(spec, case.weights), map_inputs(case)
    null = tokenizer.null_tokens(inputs.slots)
    outputs = {
        "tokens": tokenizer(inputs),
        "tokens_null": null.expand(inputs.batch, -1, -1),
        "backbone_feature": tokenizer.convnext_tiny_backbone(tokenizer.seen(inputs.picture)),
    }
    if "mask_fractional" in case.inputs:
        half = MapInputs(inputs.picture, case.inputs["mask_fractional"].reshape(-1))
        outputs["tokens_fractional_mask"] = tokenizer(half)
    outputs["tokens_sub"] = PARTS["tokens_sub"](outputs["tokens"])
    outputs["tokens_null_sub"] = PARTS["tokens_null_sub"](null)
    return outputs


def is_downsampler(case: Case) -> bool:
    return case.module.endswith("GroundingDownsampler") and _downsampler_spec(case) is not None


def features(case: Case) -> dict[str, Tensor]:
    """The extra channels of the latent."""
    spec = _downsampler_spec(case)
    assert spec is not None and spec.downsampler is not None
    resize = case.params.get("resize_input", FULL_RESIZE)
    side = HED_SIDE if spec.name == "hed" else resize // DOWNSAMPLING
    feature = built(spec.downsampler, case.weights)(map_inputs(case).picture, side, side)
    return {"feature": feature, "feature_slice": PARTS["feature_slice"](feature)}


def is_prepare(case: Case) -> bool:
    return case.module.startswith("gligen_inference.prepare_batch_{")


def prepared(case: Case) -> dict[str, Tensor]:
    """A picture and a class map of any size, brought to the canvas of 64 x 64 latents."""
    image, labels = case.inputs["image_u8"], case.inputs["label_u8"]
    picture = prepare(official_picture(image.movedim(-1, 0)[None]))
    picture = picture.on_canvas(LATENT_OF_512, LATENT_OF_512).picture
    known = case.outputs["sem_shape"][1].item()
    class_map = from_numbers(labels[None, ..., None] / 255, int(known), "parity")
    class_map = prepare_classes(class_map).on_canvas(LATENT_OF_512, LATENT_OF_512).picture
    rows, columns = class_map.shape[-2:]
    return {
        "image_every8": picture[..., ::8, ::8],
        "image_mean": picture.mean(dim=(-2, -1)),
        "sem_argmax_every4": class_map[:, 0, ::4, ::4],
        "sem_shape": torch.tensor((len(class_map), int(known), rows, columns)),
        "sem_sum": one_hot(class_map, rows, columns, int(known)).sum(dim=1).mean().reshape(1),
    }


def _downsampler_spec(case: Case) -> Modality | None:
    file = case.module.removesuffix(".GroundingDownsampler").rpartition(".")[2]
    return MODALITIES.get(file.removesuffix("_grounding_downsampler"))
