"""The keypoint tokenizer, and the points that poses become for it."""

import torch
from torch import Tensor

from gligen_core.modalities.keypoint import KEYPOINT, KeypointInputs, prepare
from gligen_core.skeletons import Joint

from .golden import Case
from .networks import built, spec_of


def is_tokenizer(case: Case) -> bool:
    return spec_of(case.module) is KEYPOINT


def tokens(case: Case) -> dict[str, Tensor]:
    tokenizer = built(KEYPOINT, case.weights)
    inputs = KeypointInputs(case.inputs["points"], case.inputs["masks"])
    null = tokenizer.null_tokens(inputs.slots)
    return {
        "tokens": tokenizer(inputs),
        "tokens_null": null.expand(inputs.batch, -1, -1),
    }


def is_prepare(case: Case) -> bool:
    return case.module == "gligen_inference.prepare_batch_kp"


def prepared(case: Case) -> dict[str, Tensor]:
    """Two people and more; the official missing joint is (0, 0)."""
    people = [[Joint(*xy) for xy in joints] for joints in case.inputs["locations"].tolist()]
    inputs = prepare(people, case.params["max_persons_per_image"])
    batch = case.params["batch"]
    return {
        "points": torch.cat([inputs.points] * batch),
        "masks": torch.cat([inputs.present] * batch),
    }
