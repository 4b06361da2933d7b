"""GLIGEN files from the command line, without a host.

    python -m gligen_core.checkpoint inspect IN
    python -m gligen_core.checkpoint convert IN OUT [--dtype fp16] [--layout diffusers]

IN: a file or diffusers folder. OUT: x.safetensors, or a folder for the diffusers layout.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import GligenError
from ..modalities import MODALITIES
from .detect import AUTO, describe, detect
from .precision import PRECISIONS
from .read import read_checkpoint
from .write import save_gligen

MIB = 1 << 20


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 with the error on stderr."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (GligenError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gligen_core.checkpoint", description="Look into GLIGEN files, convert them."
    )
    commands = parser.add_subparsers(required=True)
    inspect = commands.add_parser("inspect", help="say what a file is")
    convert = commands.add_parser("convert", help="write its GLIGEN as safetensors")
    for command in (inspect, convert):
        command.add_argument("source", type=Path, metavar="IN", help="a file or diffusers folder")
        command.add_argument(
            "--modality",
            choices=[AUTO, *MODALITIES],
            default=AUTO,
            help="what it grounds with, where the weights leave it open",
        )
    convert.add_argument("target", type=Path, metavar="OUT", help="x.safetensors, or a folder")
    convert.add_argument("--dtype", choices=list(PRECISIONS), default="same")
    convert.add_argument("--layout", choices=["ldm", "diffusers"], default="ldm")
    convert.add_argument("--overwrite", action="store_true", help="replace OUT if it is there")
    inspect.set_defaults(run=_inspect)
    convert.set_defaults(run=_convert)
    return parser


def _inspect(options: argparse.Namespace) -> None:
    file = read_checkpoint(options.source)
    sys.stdout.write(f"{describe(file, detect(file, options.modality))}\n")
    for key, value in sorted(file.metadata.items()):
        sys.stdout.write(f"{key}: {value}\n")


def _convert(options: argparse.Namespace) -> None:
    file = read_checkpoint(options.source)
    found = detect(file, options.modality)
    sys.stdout.write(f"{describe(file, found)}\n")
    save_gligen(
        file, found, options.target, options.dtype, options.layout, options.overwrite, _show
    )
    sys.stdout.write(f"\n{options.target}\n")


def _show(done: int, total: int) -> None:
    if sys.stdout.isatty() or done == total:
        sys.stdout.write(f"\r{done / MIB:,.0f} of {total / MIB:,.0f} MiB")


if __name__ == "__main__":
    sys.exit(main())
