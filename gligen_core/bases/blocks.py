"""Names for the places of a UNet where a fuser sits."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from ..errors import GligenError

Section = Literal["input", "middle", "output"]
SECTIONS: tuple[Section, ...] = ("input", "middle", "output")
MIDDLE: Section = "middle"

_BLOCK_TEXT = re.compile(r"(input|middle|output)\.([0-9]{1,4})(?:\.([0-9]{1,4}))?")
# The spatial transformer is the second child of its block: input_blocks.4.1, but middle_block.1.
_LDM_KEY = re.compile(
    r"(?:^|\.)(?:(input|output)_blocks\.([0-9]+)\.1|(middle)_block\.1)"
    r"\.transformer_blocks\.([0-9]+)\."
)


class BlockId(NamedTuple):
    """One transformer block of the UNet: section, index in it, depth in its spatial transformer.

    The same three numbers as the host's `transformer_options["block"]` and `["block_index"]`.
    SD1.x has 16: input 1 2 4 5 7 8, middle 0, output 3 to 11, all of depth 0. SDXL stacks up to 10.
    """

    section: Section
    # Hides tuple.index, which nobody asks a block for. 0 in the middle: one spatial transformer.
    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    depth: int = 0

    def __str__(self) -> str:
        return f"{self.section}.{self.index}.{self.depth}"

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts blocks in the order in which the UNet runs them."""
        return SECTIONS.index(self.section), self.index, self.depth

    @property
    def module_name(self) -> str:
        """`output_3_0`: a ModuleDict key may not hold a dot."""
        return f"{self.section}_{self.index}_{self.depth}"

    @property
    def ldm_prefix(self) -> str:
        """`output_blocks.3.1.transformer_blocks.0.`: where SD's own names keep the block."""
        place = (
            "middle_block" if self.section == "middle" else f"{self.section}_blocks.{self.index}"
        )
        return f"{place}.1.transformer_blocks.{self.depth}."


SD1_BLOCKS = (
    *(BlockId("input", index) for index in (1, 2, 4, 5, 7, 8)),
    BlockId("middle", 0),
    *(BlockId("output", index) for index in range(3, 12)),
)
"""The transformer blocks of SD1.x, in the order in which its UNet runs them."""


def parse_block(text: str) -> BlockId:
    """Read `output.3.0`, `output.3` (depth 0) or a module name `output_3_0`.

    Raises GligenError for anything else.
    """
    match = _BLOCK_TEXT.fullmatch(text.replace("_", "."))
    if match is None:
        raise GligenError(f"{text!r} names no block. Write section.index.depth: 'output.3.0'.")
    section, index, depth = match.groups()
    return BlockId(cast(Section, section), int(index), int(depth or 0))


def block_of_key(key: str) -> BlockId | None:
    """The block that a state dict key in SD's own (LDM) names lies in, or None.

    `input_blocks.1.1.transformer_blocks.0.fuser.alpha_attn` -> BlockId("input", 1, 0)
    """
    match = _LDM_KEY.search(key)
    if match is None:
        return None
    outer, index, middle, depth = match.groups()
    return BlockId(cast(Section, outer or middle), int(index or 0), int(depth))
