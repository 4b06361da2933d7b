"""Write the templates' forms for the browser, and the blueprints; see the package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ..api_client import ApiClient
from ..console import DevError, say
from ..host import ready_host
from ..pins import CHECKOUT
from ..server import Server
from .blueprints import blueprint_form
from .browser_form import Info, browser_form
from .shelf import SHELF
from .tour import TOUR, Template

FOLDER = CHECKOUT / "example_workflows"
API = FOLDER / "api"
BLUEPRINTS = CHECKOUT / "subgraphs"


def main() -> int:
    """Write every template and blueprint; the exit status."""
    try:
        with Server(ready_host()) as server:
            info = ApiClient(server.address).get("/object_info")
        for template in TOUR:
            write(FOLDER / f"{template.title}.json", form(template, info))
        for blueprint in SHELF:
            write(BLUEPRINTS / f"{blueprint.name}.json", blueprint_form(blueprint, info))
    except DevError as error:
        say(str(error))
        return 1
    return 0


def form(template: Template, info: Info) -> dict[str, Any]:
    """The template as the browser opens it."""
    api = read(API / f"{template.api}.json")
    return browser_form(template.api, api, template.note(api), info)


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def write(file: Path, workflow: dict[str, Any]) -> None:
    file.write_text(json.dumps(workflow, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(str(file.relative_to(CHECKOUT)))


if __name__ == "__main__":
    sys.exit(main())
