"""Rows of the pictures at hand: context windows evaluate some pictures of a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor


def in_window(rows: Tensor, pictures: Sequence[int] | None, batch: int) -> Tensor:
    """The rows of the pictures at hand, where there is one for each of the whole batch.

    Hosts differ in whether they cut such rows themselves; those that are cut already stay.
    """
    if pictures is None or len(rows) != batch or len(pictures) == batch == 1:
        return rows
    return rows[list(pictures)]
