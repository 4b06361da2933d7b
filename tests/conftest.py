"""For all tests: one torch thread, and `gligen_core` and `devtools` importable from the checkout.

The checkout itself stays off `sys.path`: its folder `nodes` would hide the host's `nodes.py`.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import torch

CHECKOUT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {"gligen_core", "devtools"}


class CheckoutPackages(MetaPathFinder):
    """Finds the two packages of the checkout, and nothing else of it."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None) -> ModuleSpec | None:
        return PathFinder.find_spec(fullname, [str(CHECKOUT)]) if fullname in TOP_LEVEL else None


sys.meta_path.append(CheckoutPackages())

# Two busy threads on a small machine can make one tiny forward take seconds instead of 50 ms.
torch.set_num_threads(1)
