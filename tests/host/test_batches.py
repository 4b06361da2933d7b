"""What tells the rows of one batch of the host's from those of another."""

from types import SimpleNamespace

import pytest
import torch

X = torch.zeros(2, 4, 8, 8)
BATCH = {"uuids": ["positive", "negative"], "cond_or_uncond": [0, 1]}


@pytest.fixture
def batch_of(pack):
    return pack("host.wrappers").batch_of


@pytest.mark.parametrize(
    "x, options",
    [
        (X, BATCH | {"uuids": ["another", "negative"]}),
        (X, BATCH | {"cond_or_uncond": [1, 0]}),
        (torch.zeros(2, 4, 8, 16), BATCH),
        (X[:1], {"uuids": ["positive"], "cond_or_uncond": [0]}),
        (X, BATCH | {"context_window": SimpleNamespace(index_list=[0], dim=0)}),
    ],
    ids=["conditioning", "side", "size", "split batch", "window"],
)
def test_other_rows_are_another_batch(batch_of, x, options):
    assert batch_of(x, options) not in (None, batch_of(X, BATCH))
    assert batch_of(X, dict(BATCH)) == batch_of(X, BATCH)


def test_a_host_that_does_not_say_tells_nothing(batch_of):
    assert batch_of(X, {}) is None
