"""The text-box tokenizer, and the tensors that a layout becomes for it and for text+image."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.layers.fourier import fourier_features
from gligen_core.modalities import text_image_box
from gligen_core.modalities.text_box import TEXT_BOX, TextBoxInputs, prepare

from .golden import Case
from .networks import built, spec_of
from .text_image_box import reprojected


def is_tokenizer(case: Case) -> bool:
    return spec_of(case.module) is TEXT_BOX


def tokens(case: Case) -> dict[str, Tensor]:
    """Tokens of full, fractional and no masks, and the Fourier features of the boxes."""
    tokenizer = built(TEXT_BOX, case.weights)
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


def is_prepare(case: Case) -> bool:
    return case.module == "gligen_inference.prepare_batch" and "metas" in case.meta


def prepared(case: Case) -> dict[str, Tensor]:
    """Boxes, masks and features of each call."""
    outputs: dict[str, Tensor] = {}
    for call, meta in case.meta["metas"].items():
        count, slots = len(meta["locations"]), case.params["max_objs"]
        phrases, images = (meta.get(name) or [None] * count for name in ("phrases", "images"))
        use_text = _masks(phrases, meta.get("text_mask"))
        text = torch.cat([_text_feature(case, phrase) for phrase in phrases])
        inputs = text_image_box.prepare(
            [tuple(corners) for corners in meta["locations"]],
            text,
            torch.cat([_image_feature(case, image) for image in images]),
            use_text,
            _masks(images, meta.get("image_mask")),
            slots=slots,
        )
        outputs |= {
            f"{call}.{name}": value[:, : case.outputs[f"{call}.{name}"].shape[1]]
            for name, value in (
                ("boxes", inputs.boxes),
                ("masks", inputs.present),
                ("text_masks", inputs.use_text),
                ("image_masks", inputs.use_image),
                ("text_embeddings", inputs.text),
                ("image_embeddings", inputs.image),
            )
        }
        _check_text_box(meta, text, use_text, inputs)
    batch = case.params.get("batch", 1)
    return {name: value.expand(batch, *value.shape[1:]) for name, value in outputs.items()}


def _check_text_box(meta: Any, text: Tensor, use_text: list[float], both: Any) -> None:
    """Text-box models get the same of it, where every box has an area."""
    try:
        boxes = [Box.of(corners) for corners in meta["locations"]]
    except GligenError:
        return
    ours = prepare(boxes, text, use_text, slots=both.slots)
    for one, other in zip(
        (ours.boxes, ours.present, ours.text), (both.boxes, both.use_text, both.text), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def _text_feature(case: Case, phrase: str | None) -> Tensor:
    """The stand-in for CLIP: pooled features by phrase, zeros for none."""
    return _nothing(case) if phrase is None else case.inputs[f"pooled_{phrase}"]


def _image_feature(case: Case, image: str | None) -> Tensor:
    return _nothing(case) if image is None else reprojected(case, f"image_embeds_{image}")


def _nothing(case: Case) -> Tensor:
    return torch.zeros_like(next(v for k, v in case.inputs.items() if k.startswith("image_embeds")))


def _masks(given: Sequence[str | None], mask: float | list[float] | None) -> list[float]:
    """The official `complete_mask`: a number for all, or a list for the first few."""
    listed = mask if isinstance(mask, list) else [1.0 if mask is None else mask] * len(given)
    listed = [*listed, *[1.0] * (len(given) - len(listed))]
    return [0.0 if thing is None else float(m) for thing, m in zip(given, listed, strict=True)]
