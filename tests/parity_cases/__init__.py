"""What the pack's own code computes for each kind of golden case.

RUNNERS is the table: each row says which cases it takes and how to compute their outputs. A case
that no row takes is "not covered".
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from . import (
    fusers,
    keypoint,
    maps,
    masks,
    networks,
    samplers,
    schedules,
    text_box,
    text_image_box,
    training,
    unet,
)
from .golden import Case

Outputs = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Runner:
    """takes(case): whether this row knows the case. run(case): its outputs by name."""

    takes: Callable[[Case], bool]
    run: Callable[[Case], Outputs]


RUNNERS = (
    Runner(text_box.is_tokenizer, text_box.tokens),
    Runner(text_box.is_prepare, text_box.prepared),
    Runner(text_image_box.is_tokenizer, text_image_box.tokens),
    Runner(text_image_box.is_image_feature, text_image_box.image_feature),
    Runner(keypoint.is_tokenizer, keypoint.tokens),
    Runner(keypoint.is_prepare, keypoint.prepared),
    Runner(maps.is_tokenizer, maps.tokens),
    Runner(maps.is_downsampler, maps.features),
    Runner(maps.is_prepare, maps.prepared),
    Runner(fusers.is_fuser, fusers.fused),
    Runner(fusers.is_block, fusers.block_output),
    Runner(networks.is_unet, unet.noise_predictions),
    Runner(samplers.is_run, samplers.trajectory),
    Runner(training.is_training_step, training.step),
    Runner(schedules.is_schedule, schedules.noise_schedule),
    Runner(schedules.is_alpha_table, schedules.alpha_table),
    Runner(masks.is_draw_masks, masks.drawn),
)


def runner_of(case: Case) -> Runner | None:
    """The row that takes the case."""
    return next((runner for runner in RUNNERS if runner.takes(case)), None)
