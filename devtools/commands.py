"""The commands of dev.py, and which Python runs each."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .bench import STEADY_HEAP
from .checks import run_checks
from .console import DevError
from .foreground import run_host
from .host import Host, ready_host
from .page import ready_page
from .pins import CHECKOUT

SECTIONS = (  # of the bench, in its order
    "steps",
    "phases",
    "kernels",
    "shortcuts",
    "growth",
    "overhead",
    "memory",
    "pictures",
    "canvas",
    "loop",
    "motion",
)
INTERRUPTED = 130  # what shells report for Ctrl-C


def main(arguments: list[str]) -> int:
    """Exit status of the command; errors meant for the person go to stderr, without traceback."""
    # A polite end (kill, a closed CI job) unwinds like Ctrl-C, so that no host is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return _run(arguments)
    except DevError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["python"]:  # everything behind it is Python's own
        return hand_over([str(ready_host().python), *arguments[1:]])
    options = _parser().parse_args(arguments)
    host = ready_host(checks=options.command in ("test", "bench"))
    if options.command == "test":
        return run_checks(host, options.pytest)
    if options.command == "host":
        return run_host(_with_page(host, options.page), options.port)
    settings = STEADY_HEAP if options.command == "bench" else {}
    if not (_runs_here(host) and settings.items() <= os.environ.items()):
        os.environ.update(settings)
        return hand_over([str(host.python), str(CHECKOUT / "dev.py"), *arguments])
    if options.command == "bench":
        return _bench(host, options)
    from .demo import run_demo  # needs the environment

    return run_demo(host, options.layout, options.seed, options.gate, options.out, options.open)


def _bench(host: Host, options: argparse.Namespace) -> int:
    from .bench.command import Options, report, run_bench  # need the environment

    if options.report:
        return report()
    only = tuple(options.only)
    return run_bench(host, Options(options.quick, options.device, options.json, only, options.size))


def _with_page(host: Host, page: str | None) -> Host:
    """The host with the page that was asked for, else the newest; with COMFYUI_PATH its own."""
    if (page or ("new" if host.fetched else "old")) == "old":
        return host
    return replace(host, page=ready_page(host.python))


def hand_over(command: Sequence[str]) -> int:
    """Become that command, or wait for it where a process can't (Windows)."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], list(command))
    return subprocess.call(command)


def _runs_here(host: Host) -> bool:
    # Not by the file behind it: an environment's Python is a link to the one it was made by.
    return Path(sys.executable) == host.python


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py", epilog="COMFYUI_PATH names a ComfyUI to use instead of fetching one."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="a picture from a layout, in a real ComfyUI")
    demo.add_argument("--layout", type=Path, help="a layout file, or a folder of them")
    demo.add_argument("--seed", type=int, default=0, help="of the noise (default 0)")
    demo.add_argument(
        "--gate", default="on", help="on (default), off, or on,decay,off such as 0.3,0,0.7"
    )
    demo.add_argument(
        "--out", type=Path, default=Path("demo_output"), help="default: ./demo_output"
    )
    demo.add_argument("--open", action="store_true", help="leave ComfyUI up, print its address")

    test = commands.add_parser("test", help="format, lint, types and tests")
    test.add_argument("pytest", nargs="*", help="handed to pytest; put options behind --")

    bench = commands.add_parser("bench", help="what a grounded step costs beside a plain one")
    bench.add_argument("--quick", action="store_true", help="smaller pictures: under 10 minutes")
    bench.add_argument(
        "--device", choices=["cpu", "cuda"], help="default: a GPU where there is one"
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    bench.add_argument(
        "--only",
        nargs="+",
        choices=SECTIONS,
        default=[],
        metavar="SECTION",
        help=f"of: {', '.join(SECTIONS)}",
    )
    bench.add_argument(
        "--size", choices=["full", "minute"], default="full", help="minute: tries the bench itself"
    )
    bench.add_argument(
        "--report", action="store_true", help="only write docs/bench.md anew from kept numbers"
    )

    host = commands.add_parser("host", help="ComfyUI with this pack, for the browser")
    host.add_argument("--port", type=int, help="default: 8188, or a free one")
    host.add_argument(
        "--page",
        choices=["old", "new"],
        help="the ComfyUI's own, or the newest (default; with COMFYUI_PATH its own)",
    )

    commands.add_parser("python", help="the environment's own Python: dev.py python ARGS")
    return parser
