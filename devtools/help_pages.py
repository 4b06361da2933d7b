"""Help pages of the nodes, written from schemas and locales so that they can't drift.

    python3 dev.py python -m devtools.help_pages

English pages (web/docs/NODE.md) are written by hand but for their tables of inputs and outputs.
Pages in other languages (web/docs/NODE/LANGUAGE.md, where the page looks first) are written whole:
title, description, names and tooltips from locales/, words and a tip from devtools/help_texts/.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .host import ready_host
from .host_modules import enter_host, load_pack
from .pins import CHECKOUT

PAGES = CHECKOUT / "web" / "docs"
LANGUAGES = ("de", "es", "fr", "ja", "ko", "zh")
ENGLISH = "en"
FILES = {"gligen_name"}  # options that differ from machine to machine
# Types that stand for "boxes of any kind" where they come together.
BOXES = {"SEGS", "TRACKING", "ARRAY", "BOUNDING_BOX", "BOUNDING_BOXES", "BOUNDINGBOX", "JSON"}
BOXES |= {"BBOX", "MASK", "STRING"}
_PLACE = re.compile(r"\[\w+\]\([^)]*\)")
_NODE_ID = re.compile(r"`(GLIGEN_[A-Z]\w+)`")

Texts = Mapping[str, Any]
"""Of one language: words and tips of the pages, and `nodes` as in its nodeDefs.json."""


@cache
def texts_of(language: str) -> Texts:
    """What pages of a language are made of."""
    own = json.loads((CHECKOUT / f"devtools/help_texts/{language}.json").read_text("utf-8"))
    nodes = json.loads((CHECKOUT / f"locales/{language}/nodeDefs.json").read_text("utf-8"))
    return {**own, "nodes": nodes}


def pages(schemas: list[Any]) -> Iterator[tuple[Path, str]]:
    """Each page of these nodes: its file and what belongs in it."""
    for schema in schemas:
        file = PAGES / f"{schema.node_id}.md"
        yield file, with_tables(file.read_text(encoding="utf-8"), schema)
        for language in LANGUAGES:
            yield PAGES / schema.node_id / f"{language}.md", translated(schema, language)


def with_tables(page: str, schema: Any) -> str:
    """An English page with its tables of inputs and outputs made anew."""
    for heading, table in (("Inputs", _inputs(schema)), ("Outputs", _outputs(schema))):
        before, found, rest = page.partition(f"\n## {heading}\n")
        _, following, after = rest.partition("\n## ")
        if found:
            page = f"{before}{found}\n{table}{following}{after}"
    return page


def translated(schema: Any, language: str) -> str:
    """The page of a node in a language other than English."""
    texts = texts_of(language)
    words, node = texts["words"], texts["nodes"][schema.node_id]
    titles = {node_id: each["display_name"] for node_id, each in texts["nodes"].items()}
    tip = _NODE_ID.sub(lambda found: titles[found[1]], texts["tips"][schema.node_id])
    return (
        f"# {node['display_name']}\n\n{node['description']}\n"
        f"\n## {words['inputs']}\n\n{_inputs(schema, language)}"
        f"\n## {words['outputs']}\n\n{_outputs(schema, language)}"
        f"\n## {words['tip']}\n\n{tip}\n"
    )


def _inputs(schema: Any, language: str = ENGLISH) -> str:
    texts = texts_of(language)
    words, node = texts["words"], texts["nodes"][schema.node_id]
    rows = []
    for each in schema.inputs:
        own = node["inputs"][each.id]
        meaning = _cell(own.get("tooltip", each.tooltip))
        if language == ENGLISH:
            named = "" if own["name"] == each.id else f"**{own['name']}**: "
            rows.append((f"`{each.id}`", takes(each, words), named + meaning))
        else:
            name = own["name"] if own["name"] == each.id else f"{own['name']} (`{each.id}`)"
            rows.append((name, takes(each, words), meaning))
    return _table((words["input"], words["takes"], words["meaning"]), rows) or _none(words)


def _outputs(schema: Any, language: str = ENGLISH) -> str:
    texts = texts_of(language)
    words, node = texts["words"], texts["nodes"][schema.node_id]
    rows = []
    for number, each in enumerate(schema.outputs):
        own = node["outputs"][str(number)]
        name = f"`{each.display_name}`" if language == ENGLISH else own["name"]
        rows.append((name, each.get_io_type(), own.get("tooltip", each.tooltip)))
    return _table((words["output"], words["type"], words["meaning"]), rows) or _none(words)


def takes(each: Any, words: Mapping[str, str]) -> str:
    """What an input takes: its choices, range or types, and its default."""
    kind = each.get_io_type()
    if kind == "COMBO":
        if each.id in FILES:
            return words["file"]
        default = each.options[0] if each.default is None else each.default
        return (
            f"{' · '.join(f'`{one}`' for one in each.options)}; {_default(words, f'`{default}`')}"
        )
    if kind in ("INT", "FLOAT"):
        digits = "d" if isinstance(each.min, int) else "g"
        least, most = f"{each.min:{digits}}", f"{each.max:{digits}}"
        reach = words["range"].format(least=least, most=most)
        return f"{reach}; {_default(words, f'{each.default:{digits}}')}"
    if kind == "BOOLEAN":
        on, off = words["on"], words["off"]
        return f"{on} {words['or']} {off}; {_default(words, on if each.default else off)}"
    if kind == "STRING":
        return _text(each, words)
    types = _types(kind.split(","), words)
    return f"{types}, {words['optional']}" if each.optional else types


def _text(each: Any, words: Mapping[str, str]) -> str:
    if each.extra_dict.get("widgetType"):
        return "JSON"
    if each.extra_dict.get("forceInput") or each.force_input:
        return f"STRING, {words['optional']}" if each.optional else "STRING"
    default = _default(words, f"`{each.default}`") if each.default else words["empty"]
    return f"{words['text']}; {default}"


def _types(kinds: list[str], words: Mapping[str, str]) -> str:
    if "BOUNDING_BOX" in kinds:
        kinds = [*(kind for kind in kinds if kind not in BOXES), words["any_boxes"]]
        return ", ".join(kinds if "POSE_KEYPOINT" in kinds else kinds[-1:])
    *first, last = kinds
    return f"{', '.join(first)} {words['or']} {last}" if first else last


def _default(words: Mapping[str, str], value: str) -> str:
    return words["default"].format(value=value)


def _none(words: Mapping[str, str]) -> str:
    return f"{words['none']}\n"


def _cell(text: str) -> str:
    """Text of a schema as Markdown: an example of a prompt with places is no link."""
    return _PLACE.sub(r"`\g<0>`", text)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [head, ("---",) * len(head), *rows]
    text = [" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines]
    return "".join(f"| {line} |\n".replace("| --- | --- | --- |", "|---|---|---|") for line in text)


def schemas_of_the_host() -> list[Any]:
    """The nodes' schemas as the host has them, in this process."""
    with tempfile.TemporaryDirectory() as base:
        host = enter_host(ready_host().folder, Path(base), ["--cpu"])
        load_pack(host)
        mappings = host("nodes").NODE_CLASS_MAPPINGS
        ids = texts_of(ENGLISH)["nodes"]
        return [mappings[node_id].GET_SCHEMA() for node_id in ids]


def main() -> None:
    for file, text in pages(schemas_of_the_host()):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
