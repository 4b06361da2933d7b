"""The feed-forward layer: rows in pieces are rows."""

import pytest
import torch

from gligen_core.layers import attention
from gligen_core.layers.attention import FeedForward

WIDTH = 8
ROW_BYTES = 8 * WIDTH * 4  # of the layer's largest tensor


@pytest.fixture
def dense():
    torch.manual_seed(0)
    return FeedForward(WIDTH)


@pytest.mark.parametrize("rows_in_a_piece", [1, 5, 32, 33, 100])
def test_rows_in_pieces_give_what_they_give_together(dense, monkeypatch, rows_in_a_piece):
    x = torch.randn(3, 11, WIDTH, generator=torch.Generator().manual_seed(1))
    largest = []
    dense.net[0].proj.register_forward_hook(lambda *call: largest.append(call[2].nbytes))
    monkeypatch.setattr(attention, "PIECE_BYTES", rows_in_a_piece * ROW_BYTES)
    torch.testing.assert_close(dense(x), dense.net(x))
    assert max(largest[:-1]) <= attention.PIECE_BYTES


def test_pieces_are_learned_from(dense, monkeypatch):
    x = torch.randn(2, 9, WIDTH, generator=torch.Generator().manual_seed(1))
    dense.net(x).square().sum().backward()
    together = [parameter.grad.clone() for parameter in dense.parameters()]
    dense.zero_grad()
    monkeypatch.setattr(attention, "PIECE_BYTES", 4 * ROW_BYTES)
    dense(x).square().sum().backward()
    torch.testing.assert_close([parameter.grad for parameter in dense.parameters()], together)
