"""Rows of the pictures that a context window is of."""

import torch

from gligen_core.engine.context_window import in_window


def test_rows_that_a_host_cut_already_stay():
    rows = torch.arange(6.0)[:, None]
    assert in_window(rows, [5, 0], 6).flatten().tolist() == [5, 0]
    assert in_window(rows[:2], [5, 0], 6).flatten().tolist() == [0, 1]
    assert in_window(rows[:1], [5, 0], 6).flatten().tolist() == [0]
    assert in_window(rows, None, 6) is rows
