"""The config.json of the diffusers UNet that a GLIGEN fits, as far as its fusers tell."""

from __future__ import annotations

from typing import Any

from ..bases import LATENT_CHANNELS, base_of
from ..bases.blocks import MIDDLE, SECTIONS, BlockId
from ..bases.sd_keys import FIRST_CONVOLUTION, RESNETS
from ..errors import GligenError
from .declared import DIFFUSERS_NAMES
from .detect import Detection, blocks
from .read import DIFFUSERS_CLASS, CheckpointFile

PER_LEVEL = RESNETS + 1
ATTENTION_TYPES = {mode: attention for attention, mode in DIFFUSERS_NAMES.items()}


def diffusers_config(file: CheckpointFile, found: Detection) -> dict[str, Any]:
    """The arguments of `UNet2DConditionModel`, for SD1.x, SD2.x, SDXL and UNets of their shape.

    Diffusers has fusers for text boxes and text-image boxes only; a config of another mode leaves
    `attention_type` out, and diffusers then passes over the GLIGEN's tensors.
    """
    widths, depths = _levels(file)
    attended = [level in depths for level in range(len(widths))]
    heads, base = found.fusers.heads, base_of(found.fusers.context)
    first = file.shapes.get(f"{FIRST_CONVOLUTION}weight", (0, LATENT_CHANNELS))
    attention = ATTENTION_TYPES.get(found.modality.name)
    return {
        "_class_name": DIFFUSERS_CLASS,
        **({"attention_type": attention} if attention else {}),
        "attention_head_dim": heads.count or [heads.of(width) for width in widths],
        "block_out_channels": widths,
        "cross_attention_dim": found.fusers.context,
        "down_block_types": ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attended],
        "in_channels": first[1],
        "layers_per_block": RESNETS,
        "out_channels": LATENT_CHANNELS,
        "transformer_layers_per_block": [depths.get(level, 1) for level in range(len(widths))],
        "up_block_types": ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in attended[::-1]],
        "use_linear_projection": base is None or base.linear_projection,
        **(base.diffusers if base else {}),
    }


def _levels(file: CheckpointFile) -> tuple[list[int], dict[int, int]]:
    """Widths of all levels, and transformer blocks per location of those that attend.

    A level without fusers has no width to read: below the others it is the middle's, above them
    half of the next, as in SD1.x and SDXL.
    """
    widths: dict[int, int] = {}
    depths: dict[int, int] = {}
    found = blocks(file.shapes)
    if {block.section for block in found} != set(SECTIONS):
        raise GligenError(
            f"{file.path.name}: its fusers do not sit in all of the {', '.join(SECTIONS)} blocks, "
            "so the sizes of its UNet cannot be told. Save it in the layout 'ldm'."
        )
    for block in found:
        if block.section == "input":
            level = (block.index - 1) // PER_LEVEL
            widths[level] = _width(file, block)
            depths[level] = max(depths.get(level, 0), block.depth + 1)
    # Down level l and up level count - 1 - l are the same.
    count = max(widths) + min(b.index for b in found if b.section == "output") // PER_LEVEL + 1
    below = _width(file, next(b for b in found if b.section == MIDDLE))
    for level in range(max(widths) + 1, count):
        widths[level] = below
    for level in reversed(range(min(widths))):
        widths[level] = widths[level + 1] // 2
    return [widths[level] for level in range(count)], depths


def _width(file: CheckpointFile, block: BlockId) -> int:
    return file.shapes[f"{block.ldm_prefix}fuser.norm1.weight"][0]
