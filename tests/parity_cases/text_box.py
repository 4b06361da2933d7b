"""The text-box tokenizer, and the tensors that a layout becomes for it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.layers.fourier import fourier_features
from gligen_core.modalities.text_box import SPEC, TextBoxInputs, TextBoxTokenizer, prepare

from .golden import Case


def is_tokenizer(case: Case) -> bool:
    return case.module.endswith("text_grounding_net.PositionNet") and "linears.0.weight" in (
        case.weights
    )


def tokens(case: Case) -> dict[str, Tensor]:
    """Tokens of full, fractional and no masks, and the Fourier features of the boxes."""
    tokenizer = tokenizer_of(case.weights)
    boxes, text = case.inputs["boxes"], case.inputs["positive_embeddings"]
    outputs = {
        "tokens": tokenizer(TextBoxInputs(boxes, case.inputs["masks"], text)),
        "tokens_null": tokenizer.null_tokens(boxes.shape[1]).expand(len(boxes), -1, -1),
        "fourier": fourier_features(boxes, case.params.get("fourier_freqs", 8)),
    }
    if "masks_fractional" in case.inputs:
        fractional = TextBoxInputs(boxes, case.inputs["masks_fractional"], text)
        outputs["tokens_fractional_mask"] = tokenizer(fractional)
    return outputs


def tokenizer_of(weights: dict[str, Tensor]) -> TextBoxTokenizer:
    """As the loader builds it, from keys without `position_net.`."""
    assert SPEC.tokenizer is not None
    tokenizer = SPEC.tokenizer(weights, nn)
    tokenizer.load_state_dict(weights)
    assert isinstance(tokenizer, TextBoxTokenizer)
    return tokenizer


def is_prepare(case: Case) -> bool:
    return case.module == "gligen_inference.prepare_batch" and "metas" in case.meta


def prepared(case: Case) -> dict[str, Tensor]:
    """Boxes, masks and phrase features of each call; a call with a box of no area is left out.

    Such a box stands for a style image, which only text+image models know.
    """
    outputs: dict[str, Tensor] = {}
    for call, meta in case.meta["metas"].items():
        try:
            boxes = [Box.of(corners) for corners in meta["locations"]]
        except GligenError:
            continue
        phrases = meta.get("phrases") or [None] * len(boxes)
        features = torch.cat([_feature(case, phrase) for phrase in phrases])
        slots = case.params["max_objs"]
        whole = prepare(boxes, features, slots=slots)
        partial = prepare(boxes, features, _text_masks(phrases, meta.get("text_mask")), slots=slots)
        stored = case.outputs[f"{call}.text_embeddings"].shape[1]  # cut to the first slots
        outputs |= {
            f"{call}.boxes": whole.boxes,
            f"{call}.masks": whole.present,
            f"{call}.text_masks": partial.present,
            f"{call}.text_embeddings": whole.text[:, :stored],
        }
    batch = case.params.get("batch", 1)
    return {name: value.expand(batch, *value.shape[1:]) for name, value in outputs.items()}


def _feature(case: Case, phrase: str | None) -> Tensor:
    """The stand-in for CLIP: pooled features by phrase, zeros for none."""
    if phrase is None:
        some = next(v for name, v in case.inputs.items() if name.startswith("image_embeds_"))
        return torch.zeros_like(some)
    return case.inputs[f"pooled_{phrase}"]


def _text_masks(phrases: Sequence[str | None], mask: float | list[float] | None) -> list[float]:
    """The official `complete_mask`: a number for all, or a list for the first few."""
    listed = mask if isinstance(mask, list) else [1.0 if mask is None else mask] * len(phrases)
    listed = [*listed, *[1.0] * (len(phrases) - len(listed))]
    return [0.0 if phrase is None else float(m) for phrase, m in zip(phrases, listed, strict=True)]
