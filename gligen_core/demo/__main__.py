"""Commands of the demo: `python -m gligen_core.demo train` and `... layouts`.

`train` makes the demo's weights from nothing; `layouts` writes held-out layouts to measure them on.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from accelerate import PartialState

from ..evaluation.layout_sets import held_out_layouts
from ..layout import dump_layout
from . import files, recipe
from .shapes import COLOURS, SHAPES
from .vocabulary import phrase

# What two CPU cores do in 3 hours, at 2.7, 1.35 and 2.7 steps per second as measured. A GPU's
# lengths are for batches 16 times as large; they have not been tried.
STEPS: dict[str, dict[recipe.Stage, int]] = {
    "cuda": {"autoencoder": 6000, "base": 8000, "text_box": 8000},
    "cpu": {"autoencoder": 2400, "base": 4400, "text_box": 17000},
}
BATCH = {"cuda": 512, "cpu": 16}  # scenes per process and step


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.command == "layouts":
        write_layouts(options.count, options.seed, options.out)
        print(f"{options.count} layouts in {options.out}")
        return 0
    return train(options, arguments)


def write_layouts(count: int, seed: int, folder: Path) -> None:
    """Write one file per layout, in the colours and shapes that the demo model knows."""
    phrases = [
        [phrase(colour, shape) for shape in range(len(SHAPES))] for colour in range(len(COLOURS))
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for n, layout in enumerate(held_out_layouts(count, seed, phrases)):
        text = json.dumps(dump_layout(layout), indent=1)
        (folder / f"{n:03d}.json").write_text(text + "\n", encoding="utf-8")


def train(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run the stages that are not finished yet; returns the exit status.

    arguments: the command line, for the processes that it is split among
    """
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    processes = options.processes or (os.cpu_count() or 1 if device == "cpu" else 1)
    if processes > 1 and "LOCAL_RANK" not in os.environ:
        return _run_in_processes(processes, device, arguments)
    if device == "cpu":
        torch.set_num_threads(1)  # one process per core: threads that wait for each other cost more
    else:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    steps: dict[recipe.Stage, int] = {
        stage: int(options.scale * STEPS[device][stage]) for stage in recipe.STAGES
    }
    settings = recipe.Settings(
        folder=options.folder,
        seed=options.seed,
        batch=options.batch or BATCH[device],
        steps=steps,
        device=device,
        precision=options.precision,
    )
    if "autoencoder" in options.stages:
        recipe.train_autoencoder(settings)
    if "base" in options.stages:
        recipe.train_base(settings)
    if "text_box" in options.stages:
        base = recipe.train_base(settings)
        recipe.train_text_box(base, settings)
    if set(options.stages) == set(recipe.STAGES):
        _export(settings, options.out)
    return 0


def _export(settings: recipe.Settings, out: Path) -> None:
    """Write the weights. Finished stages are read back from their states."""
    autoencoder = recipe.train_autoencoder(settings)
    base = recipe.train_base(settings)
    gligen = recipe.train_text_box(base, settings)
    if PartialState().is_main_process:
        for path in (files.save_base(base, autoencoder, out), files.save_gligen(gligen, out)):
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _run_in_processes(processes: int, device: str, arguments: Sequence[str]) -> int:
    """The same command once per CPU core (or GPU), joined by torch's own launcher."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    count = f"--nproc-per-node={processes}"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    if device == "cpu":
        environment["ACCELERATE_USE_CPU"] = "true"
    command = [*launcher, count, "-m", "gligen_core.demo", *arguments]
    return subprocess.call(command, env=environment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gligen_core.demo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    layouts = commands.add_parser("layouts", help="write held-out layouts for `dev.py demo`")
    layouts.add_argument("--count", type=int, default=100, help="how many (default 100)")
    layouts.add_argument("--seed", type=int, default=20240, help="default 20240")
    layouts.add_argument("--out", type=Path, required=True, help="folder for 000.json, 001.json …")
    train = commands.add_parser("train", help="make the demo's weights from nothing")
    train.add_argument("--device", choices=["cpu", "cuda"], help="default: a GPU if there is one")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument(
        "--folder", type=Path, default=Path(".work/demo"),
        help="states of the run; the same folder again goes on where it stopped",
    )  # fmt: skip
    train.add_argument(
        "--out", type=Path, default=files.FOLDER, help="where the weights go (default: the pack)"
    )
    train.add_argument(
        "--stages", nargs="+", choices=recipe.STAGES, default=list(recipe.STAGES),
        help="default: all, and then the weights are written",
    )  # fmt: skip
    train.add_argument("--scale", type=float, default=1.0, help="times the usual number of steps")
    train.add_argument("--batch", type=int, help=f"scenes per process and step; default: {BATCH}")
    train.add_argument("--processes", type=int, help="default: one per CPU core, or one GPU")
    train.add_argument("--precision", choices=["no", "bf16"], default="no", help="mixed precision")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
