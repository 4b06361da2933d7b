import pytest
import torch

from gligen_core.masks import keep_mask


def painted(*boxes, height=4, width=4):
    """The painted cells, as rows of text."""
    mask = keep_mask(torch.tensor([boxes]), height, width)
    assert mask.shape == (1, 1, height, width)
    return ["".join(".#"[cell == 0] for cell in row) for row in mask[0, 0]]


@pytest.mark.parametrize(
    "boxes, rows",
    [
        ([(0.0, 0.0, 0.0, 0.0)], ["....", "....", "....", "...."]),
        ([(0.25, 0.5, 0.75, 1.0)], ["....", "....", ".##.", ".##."]),
        ([(0.3, 0.3, 0.7, 0.7)], ["....", ".#..", "....", "...."]),
        ([(0.3, 0.3, 0.4, 0.9)], ["....", "....", "....", "...."]),
        ([(0.0, 0.0, 0.5, 0.25), (0.25, 0.0, 0.75, 0.5)], ["###.", ".##.", "....", "...."]),
        ([(-0.5, 0.75, 2.0, 9.0)], ["....", "....", "....", "####"]),
    ],
    ids=["no object", "on the grid", "cut to cells", "thinner than a cell", "two", "over the edge"],
)
def test_boxes_are_cut_to_whole_cells(boxes, rows):
    assert painted(*boxes) == rows


def test_a_wide_canvas_counts_width_and_height_apart():
    assert painted((0.5, 0.0, 1.0, 0.5), height=2, width=4) == ["..##", "...."]
