"""Inputs of nodes as ComfyUI declares them at /object_info, and their widgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Declared = Mapping[str, Any]
"""One node of the answer: "input" and "input_order" by section, "output", "output_name"."""

WIDGETS = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
SEEDS = {"seed", "noise_seed"}  # the browser adds a widget "control after generate" to these
FIXED = "fixed"


def inputs_of(declared: Declared) -> Iterator[tuple[str, str, bool]]:
    """(name, type, optional) of each input of a node, as it declares them."""
    for section in ("required", "optional"):
        for name in declared["input_order"].get(section, ()):
            kind = declared["input"][section][name][0]
            yield name, "COMBO" if isinstance(kind, list) else kind, section == "optional"


def slots_of(declared: Declared) -> list[tuple[str, str, bool]]:
    """The same in the order in which a node shows them: what is a widget comes behind the rest.

    Wires from a subgraph's edge are told by the number of the slot alone (1.32.9).
    """
    return sorted(inputs_of(declared), key=lambda each: is_widget(each[0], each[1], declared))


def is_widget(name: str, kind: str, declared: Declared) -> bool:
    return kind in WIDGETS and not _options(name, declared).get("forceInput")


def values_of(inputs: Mapping[str, Any], declared: Declared) -> Iterator[Any]:
    """Of the widgets, in their order; a wired one keeps its default."""
    for name, kind, _ in inputs_of(declared):
        if not is_widget(name, kind, declared):
            continue
        value = inputs.get(name)
        yield _default(name, declared) if value is None or isinstance(value, list) else value
        if name in SEEDS:
            yield FIXED


def _default(name: str, declared: Declared) -> Any:
    options = _options(name, declared)
    if "default" in options:
        return options["default"]
    first = _declared(name, declared)[0]
    choices = first if isinstance(first, list) else options.get("options", [""])
    return choices[0]


def _options(name: str, declared: Declared) -> Mapping[str, Any]:
    spec = _declared(name, declared)
    return spec[1] if len(spec) > 1 else {}


def _declared(name: str, declared: Declared) -> list[Any]:
    inputs = declared["input"]
    return {**inputs.get("required", {}), **inputs.get("optional", {})}[name]
