"""What the tokenizers share: the null features of what is absent, and the network at the end."""

from typing import Any

from torch import Tensor, nn

HIDDEN = 512  # width of the hidden layers in every published file


def token_head(width: int, token_width: int, ops: Any = nn) -> nn.Sequential:
    """features: ... width -> tokens: ... token_width. The official name is `linears`."""
    return nn.Sequential(
        ops.Linear(width, HIDDEN),
        nn.SiLU(),
        ops.Linear(HIDDEN, HIDDEN),
        nn.SiLU(),
        ops.Linear(HIDDEN, token_width),
    )


def or_null(features: Tensor, null: Tensor, present: Tensor) -> Tensor:
    """features: ... c where present (... of 0..1) is 1, the learned null: c where it is 0.

    Fractions between them mix the two, as the official masks do.
    """
    present = present[..., None].to(features)
    return present * features + (1 - present) * null.to(features)
