"""Fusers: where they are the identity, and what merged visual rows come to."""

import pytest
import torch

from gligen_core.layers.attention import attend
from gligen_core.layers.fuser import GatedCrossAttention, GatedSelfAttention, GatedSelfAttention2
from gligen_core.layers.merging import Grid, merged, merged_bias

WIDTH, CONTEXT, HEADS = 16, 12, 4
GRID = Grid(8, 8)


@pytest.fixture(params=[GatedSelfAttention, GatedSelfAttention2, GatedCrossAttention])
def fuser(request):
    return new(request.param)


@pytest.fixture
def tokens():
    return torch.randn(2, 4, CONTEXT, generator=torch.Generator().manual_seed(2))


def new(kind):
    torch.manual_seed(0)
    fuser = kind(WIDTH, CONTEXT, HEADS)
    for alpha in (fuser.alpha_attn, fuser.alpha_dense):
        torch.nn.init.constant_(alpha, 0.7)
    return fuser.requires_grad_(False)


def rows(grid=GRID, count=2):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, grid.height * grid.width, WIDTH, generator=generator)


def blocks_of(grid=GRID):
    """Rows of which each 2 x 2 cell holds the same everywhere."""
    cells = torch.randn(2, WIDTH, grid.height // 2, grid.width // 2)
    return cells.repeat_interleave(2, 2).repeat_interleave(2, 3).flatten(2).transpose(1, 2)


@torch.no_grad()
def test_a_shut_gate_returns_the_rows_themselves(fuser, tokens):
    x = rows()
    assert torch.equal(fuser(x, tokens, 0.0), x)
    assert torch.equal(fuser(x, tokens, torch.zeros(2, 1, 1)), x)
    assert not torch.equal(fuser(x, tokens), x)


@torch.no_grad()
def test_a_gate_for_each_row_acts_on_its_row(fuser, tokens):
    x, half = rows(), torch.tensor([0.0, 0.5])[:, None, None]
    mixed = fuser(x, tokens, half)
    assert torch.equal(mixed[0], x[0])
    torch.testing.assert_close(mixed[1:], fuser(x[1:], tokens[1:], 0.5))


@torch.no_grad()
def test_where_cells_hold_one_value_merging_changes_nothing(tokens):
    fuser, x = new(GatedSelfAttention), blocks_of()
    whole, fewer = (fuser.residual(x, tokens, attend, grid) for grid in (None, GRID))
    torch.testing.assert_close(fewer, whole)


@torch.no_grad()
def test_where_they_differ_merging_is_near_and_asks_for_a_quarter_of_the_keys(tokens):
    fuser, seen = new(GatedSelfAttention), []

    def counting(query, key, value, heads, bias=None):
        seen.append((query.shape[1], key.shape[1]))
        return attend(query, key, value, heads, bias)

    x = rows()
    whole, fewer = (fuser.residual(x, tokens, counting, grid) for grid in (None, GRID))
    assert seen == [(64, 64 + 4), (64, 16 + 4)]
    assert 0 < (fewer - whole).norm() < whole.norm()


@pytest.mark.parametrize("grid", [Grid(4, 6), Grid(5, 3), Grid(1, 1)])
def test_the_cells_weigh_what_their_rows_do(grid):
    x = rows(grid)
    cells, bias = merged(x, grid), merged_bias(x, grid, others=3)
    sizes = bias[0, : cells.shape[1]].exp()
    torch.testing.assert_close((cells * sizes[:, None]).sum(1), x.sum(1))
    assert torch.equal(bias[0, cells.shape[1] :], torch.zeros(3))
