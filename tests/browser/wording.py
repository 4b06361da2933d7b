"""What a node says on itself, and what our locale says that it does."""

import json
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).parents[2] / "locales"
NODE = "GLIGEN_Ground"


def shown(desk) -> tuple[str, list[str]]:
    """Title and inputs of a new node."""
    node = desk.add(NODE, (20, 40))
    return desk.page.evaluate(
        "(id) => { const { title, inputs } = window.app.graph.getNodeById(id);"
        " return [title, Object.fromEntries(inputs.map(({ label, localized_name, name }) =>"
        "   [name, label ?? localized_name ?? name]))]; }",
        node,
    )


def spoken_by(locale: str) -> Any:
    """As `shown`, by the locale's files; English where there are none."""
    folder = next(
        f for f in (LOCALES / locale, LOCALES / locale.split("-")[0], LOCALES / "en") if f.is_dir()
    )
    ours = json.loads((folder / "nodeDefs.json").read_text(encoding="utf-8"))[NODE]
    return [ours["display_name"], {name: each["name"] for name, each in ours["inputs"].items()}]
