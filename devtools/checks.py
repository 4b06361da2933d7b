"""Format, lint, types, tests, in both languages: all of them, whatever fails first."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from .console import say
from .host import Host
from .pins import CHECKOUT
from .web import run_web_tests, run_web_types

# Which of the core's tests are fast, tests/gligen_core/conftest.py says.
FAST = ("tests/gligen_core", "-m", "fast")
SLOW = ("-m", "not fast")
REMEDY = {"format": " (python3 dev.py python -m ruff format mends it)"}


def run_checks(host: Host, pytest_arguments: Sequence[str]) -> int:
    """Run all checks; status 0 only if all passed. pytest comes last: it closes the output."""
    python = str(host.python)
    # The type checker finds the host's modules on that Python's path.
    variables = dict(os.environ) | {"PYTHONPATH": str(host.folder)}
    failed: list[str] = []
    for name, command, environment in (
        ("format", ["ruff", "format", "--check", "."], None),
        ("lint", ["ruff", "check", "."], None),
        ("types", ["basedpyright", "--pythonpath", python], variables),
    ):
        say(f"== {name}")
        if subprocess.call([python, "-m", *command], cwd=CHECKOUT, env=environment):
            failed.append(name)
    for name, run in (("web tests", run_web_tests), ("web types", run_web_types)):
        say(f"== {name}")
        if run(host.python):
            failed.append(name)
    for name in failed:
        say(f"FAILED: {name}, see above{REMEDY.get(name, '')}")
    # -P: the checkout is not put on sys.path, where its `nodes` would hide the host's.
    pytest = [python, "-P", "-m", "pytest"]
    if not pytest_arguments:  # all of them: first those that tell within seconds
        say("== fast tests")
        if subprocess.call([*pytest, *FAST], cwd=CHECKOUT):
            failed.append("fast tests")
        pytest_arguments = SLOW
    say("== tests")
    tests = subprocess.call([*pytest, *pytest_arguments], cwd=CHECKOUT)
    return tests or int(bool(failed))
