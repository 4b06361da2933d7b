"""Visual rows merged 2 x 2: fewer keys and values to attend to, each with the weight of its cell.

After Token Merging for Stable Diffusion (arXiv 2303.17604), with a fixed grid for its matching.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from .attention import as_map, as_rows

CELL = 2  # a side


class Grid(NamedTuple):
    """Height and width of the map that visual rows are laid out from."""

    height: int
    width: int


def merged(rows: Tensor, grid: Grid) -> Tensor:
    """The mean of each cell: b q c -> b r c. At odd sides the last cells are smaller."""
    cells = functional.avg_pool2d(
        as_map(rows, *grid), CELL, ceil_mode=True, count_include_pad=False
    )
    return as_rows(cells)


def merged_bias(rows: Tensor, grid: Grid, others: int) -> Tensor:
    """What to add before the softmax, so that a cell counts for the rows in it: 1 (r + others).

    others: keys behind the merged ones, which stand for themselves; in the dtype of `rows`
    """
    each = rows.new_ones(1, 1, *grid)
    sizes = functional.avg_pool2d(each, CELL, ceil_mode=True, divisor_override=1).flatten()
    return torch.cat((sizes.log(), sizes.new_zeros(others)))[None]
