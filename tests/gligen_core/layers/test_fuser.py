"""Fusers: where they are the identity, and what merged visual rows come to."""

from dataclasses import replace

import pytest
import torch

from gligen_core.layers.attention import attend
from gligen_core.layers.fuser import GatedCrossAttention, GatedSelfAttention, GatedSelfAttention2
from gligen_core.layers.fusion import key_bias
from gligen_core.layers.merging import Grid, merged, merged_bias

WIDTH, CONTEXT, HEADS = 16, 12, 4
GRID = Grid(8, 8)


@pytest.fixture(params=[GatedSelfAttention, GatedSelfAttention2, GatedCrossAttention])
def fuser(request):
    return new(request.param)


@pytest.fixture
def tokens():
    return torch.randn(2, 4, CONTEXT, generator=torch.Generator().manual_seed(2))


def fused(fuser, x, tokens, gate=1.0, **fusion):
    return fuser(x, replace(fuser.fusion(x, tokens, gate), **fusion))


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
    assert torch.equal(fused(fuser, x, tokens, 0.0), x)
    assert torch.equal(fused(fuser, x, tokens, torch.zeros(2, 1, 1)), x)
    assert not torch.equal(fused(fuser, x, tokens), x)


@torch.no_grad()
def test_a_gate_for_each_row_acts_on_its_row(fuser, tokens):
    x, half = rows(), torch.tensor([0.0, 0.5])[:, None, None]
    mixed = fused(fuser, x, tokens, half)
    assert torch.equal(mixed[0], x[0])
    torch.testing.assert_close(mixed[1:], fused(fuser, x[1:], tokens[1:], 0.5))


@torch.no_grad()
def test_where_cells_hold_one_value_merging_changes_nothing(tokens):
    fuser, x = new(GatedSelfAttention), blocks_of()
    fusion = fuser.fusion(x, tokens)
    whole, fewer = (fuser.residual(x, replace(fusion, grid=grid)) for grid in (None, GRID))
    torch.testing.assert_close(fewer, whole)


@torch.no_grad()
def test_where_they_differ_merging_is_near_and_asks_for_a_quarter_of_the_keys(tokens):
    fuser, seen = new(GatedSelfAttention), []

    def counting(query, key, value, heads, bias=None):
        seen.append((query.shape[1], key.shape[1]))
        return attend(query, key, value, heads, bias)

    x = rows()
    fusion = fuser.fusion(x, tokens, attend=counting)
    whole, fewer = (fuser.residual(x, replace(fusion, grid=grid)) for grid in (None, GRID))
    assert seen == [(64, 64 + 4), (64, 16 + 4)]
    assert 0 < (fewer - whole).norm() < whole.norm()


@pytest.mark.parametrize("grid", [Grid(4, 6), Grid(5, 3), Grid(1, 1)])
def test_the_cells_weigh_what_their_rows_do(grid):
    x = rows(grid)
    cells, bias = merged(x, grid), merged_bias(x, grid, others=3)
    sizes = bias[0, : cells.shape[1]].exp()
    torch.testing.assert_close((cells * sizes[:, None]).sum(1), x.sum(1))
    assert torch.equal(bias[0, cells.shape[1] :], torch.zeros(3))


KEYED = [GatedSelfAttention, GatedCrossAttention]


@pytest.mark.parametrize("grid", [None, GRID])
@pytest.mark.parametrize("kind", KEYED)
@torch.no_grad()
def test_a_token_of_gate_0_is_as_if_it_were_not_there(kind, grid, tokens):
    fuser, x = new(kind), rows()
    bias = key_bias(torch.tensor([[1.0, 0, 1, 1], [1, 0, 1, 1]]))
    left = fused(fuser, x, tokens[:, [0, 2, 3]], grid=grid)
    torch.testing.assert_close(fused(fuser, x, tokens, key_bias=bias, grid=grid), left)


@torch.no_grad()
def test_a_token_of_gate_2_weighs_as_much_as_two_of_it(tokens):
    fuser, x = new(GatedSelfAttention), rows()
    bias = key_bias(torch.tensor([[2.0, 1, 1, 1]]).expand(2, -1))
    twice = fused(fuser, x, tokens[:, [0, 0, 1, 2, 3]])
    torch.testing.assert_close(fused(fuser, x, tokens, key_bias=bias), twice)


@torch.no_grad()
def test_each_picture_has_its_own_gates_of_tokens(tokens):
    fuser, x = new(GatedSelfAttention), rows()
    bias = key_bias(torch.tensor([[1.0, 1, 1, 1], [0, 1, 0, 1]]))
    both = fused(fuser, x, tokens, key_bias=bias)
    torch.testing.assert_close(both[:1], fused(fuser, x[:1], tokens[:1]))
    torch.testing.assert_close(both[1:], fused(fuser, x[1:], tokens[1:, [1, 3]]))


@torch.no_grad()
def test_gates_of_1_are_no_bias_and_a_bias_of_0_changes_no_bit(fuser, tokens):
    x = rows()
    assert key_bias(torch.ones(2, 4)) is None
    zero = fused(fuser, x, tokens, key_bias=torch.zeros(2, 4))
    assert torch.equal(zero, fused(fuser, x, tokens))


@pytest.mark.parametrize("gates", [None, (1.0, 0.25, 0.0, 2.0)])
@torch.no_grad()
def test_a_probe_sees_the_softmax_of_the_grounding_tokens(gates, tokens):
    fuser, x, seen = new(GatedSelfAttention), rows(), []
    bias = None if gates is None else torch.tensor([gates, gates]).log()
    probed = fused(fuser, x, tokens, key_bias=bias, probe=seen.append)
    torch.testing.assert_close(probed, fused(fuser, x, tokens, key_bias=bias))
    memory = torch.cat((fuser.norm1(x), fuser.norm1(fuser.linear(tokens))), dim=1)
    query, key = (
        layer(each).unflatten(-1, (HEADS, -1)).transpose(1, 2)
        for layer, each in ((fuser.attn.to_q, fuser.norm1(x)), (fuser.attn.to_k, memory))
    )
    scores = query @ key.mT / (WIDTH // HEADS) ** 0.5
    if gates is not None:
        scores[..., 64:] += torch.tensor(gates).log()
    (found,) = seen
    assert found.shape == (2, HEADS, 64, 4)
    torch.testing.assert_close(found, scores.softmax(-1)[..., 64:])


def test_what_a_probe_sees_can_be_differentiated(tokens):
    fuser, x, seen = new(GatedSelfAttention), rows().requires_grad_(), []
    fused(fuser, x, tokens, probe=seen.append)
    (gradient,) = torch.autograd.grad(seen[0].sum(), x)
    assert gradient.abs().sum() > 0
