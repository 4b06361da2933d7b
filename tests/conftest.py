"""For all tests: one torch thread, and the checkout's packages importable from where they lie.

The checkout itself stays off `sys.path`: its folder `nodes` would hide the host's `nodes.py`.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import torch

CHECKOUT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    "gligen_core": CHECKOUT,
    "devtools": CHECKOUT,
    "parity_cases": CHECKOUT / "tests",
    "diffusers_unets": CHECKOUT / "tests",
}


class CheckoutPackages(MetaPathFinder):
    """Finds these packages of the checkout, and nothing else of it."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None) -> ModuleSpec | None:
        place = TOP_LEVEL.get(fullname)
        return PathFinder.find_spec(fullname, [str(place)]) if place else None


sys.meta_path.append(CheckoutPackages())

# Two busy threads on a small machine can make one tiny forward take seconds instead of 50 ms.
torch.set_num_threads(1)
