r"""`python -m gligen_core.demo.stages`: train the networks of the demo's world, or go on with it.

On two cores, each process with a batch of its own:
`ACCELERATE_USE_CPU=true OMP_NUM_THREADS=1 python -m torch.distributed.run --standalone \
    --nproc-per-node 2 -m gligen_core.demo.stages --folder ...`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from . import STAGES, measured, run_stage
from .settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen stages in their order, each from where it stopped; returns the exit status."""
    options = _parser().parse_args(arguments)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cpu":
        torch.set_num_threads(options.threads)
    else:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    settings = Settings(
        folder=options.folder,
        seed=options.seed,
        device=device,
        scale=options.scale,
        batch=options.batch,
        precision=options.precision,
    )
    if options.measure:
        for line in measured(settings):
            print(line, flush=True)
        return 0
    for stage in STAGES:
        if stage in options.stages:
            run_stage(stage, settings)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gligen_core.demo.stages", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, required=True,
        help="states of the run; the same folder again goes on where it stopped",
    )  # fmt: skip
    parser.add_argument("--stages", nargs="+", choices=list(STAGES), default=list(STAGES))
    parser.add_argument(
        "--measure", action="store_true", help="how well the finished text box obeys; no training"
    )
    parser.add_argument("--device", choices=["cpu", "cuda"], help="default: a GPU if there is one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="times the recipes' steps")
    parser.add_argument("--batch", type=int, help="scenes per step; default: the recipes'")
    parser.add_argument("--threads", type=int, default=1, help="of a CPU; default 1")
    parser.add_argument("--precision", choices=["no", "bf16"], default="no", help="mixed precision")
    return parser


if __name__ == "__main__":
    sys.exit(main())
