"""Features of reference pictures."""

import pytest
import torch

from gligen_core.errors import GligenError
from gligen_core.features import IMAGE_FEATURE_NORM, image_features

PROJECTION = torch.randn(6, 6, generator=torch.Generator().manual_seed(1))


def test_every_feature_has_the_length_of_a_phrase():
    features = image_features(torch.randn(3, 6), PROJECTION)
    assert torch.allclose(features.norm(dim=-1), torch.full((3,), IMAGE_FEATURE_NORM))


def test_the_length_of_the_embedding_does_not_matter():
    embeds = torch.randn(1, 6)
    torch.testing.assert_close(
        image_features(embeds, PROJECTION), image_features(embeds * 9, PROJECTION)
    )


def test_an_orthogonal_projection_is_undone():
    """Pooled -> projected is y = x W^T; the way back is y W where W^T W = 1."""
    rotation, _ = torch.linalg.qr(PROJECTION)
    pooled = torch.randn(2, 6)
    back = image_features(pooled @ rotation.T, rotation)
    torch.testing.assert_close(back, pooled / pooled.norm(dim=-1, keepdim=True) * 28.7)


def test_widths_that_do_not_fit_are_refused():
    with pytest.raises(GligenError, match=r"5 wide do not fit a text projection of \(6, 6\)"):
        image_features(torch.zeros(1, 5), PROJECTION)
