"""`python -m gligen_core.evaluation layouts --count 100 --seed 20240 --out DIR`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..demo.shapes import COLOURS, SHAPES
from ..demo.vocabulary import phrase
from ..layout import dump_layout
from .layout_sets import held_out_layouts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gligen_core.evaluation", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    layouts = commands.add_parser("layouts", help="write held-out layouts for `dev.py demo`")
    layouts.add_argument("--count", type=int, default=100, help="how many (default 100)")
    layouts.add_argument("--seed", type=int, default=20240, help="default 20240")
    layouts.add_argument("--out", type=Path, required=True, help="folder for 000.json, 001.json …")
    options = parser.parse_args(arguments)
    write_layouts(options.count, options.seed, options.out)
    print(f"{options.count} layouts in {options.out}")
    return 0


def write_layouts(count: int, seed: int, folder: Path) -> None:
    """One file per layout, in the colours and shapes that the demo model knows."""
    phrases = [
        [phrase(colour, shape) for shape in range(len(SHAPES))] for colour in range(len(COLOURS))
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for n, layout in enumerate(held_out_layouts(count, seed, phrases)):
        text = json.dumps(dump_layout(layout), indent=1)
        (folder / f"{n:03d}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
