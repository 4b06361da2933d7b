"""Names that a person sees on nodes and inputs, in place of the ids that code is written with.

A message names a node by its id and an input by its id in backticks: "GLIGEN_Ground: set
`overflow`". What leaves a node reads 'Encode Grounding (GLIGEN): set "too many boxes" (overflow)':
the name that stands in the graph, and the id for whoever posts prompts to the API.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from comfy_api.latest import io

from ..gligen_core.errors import GligenError
from ..gligen_core.text import excerpt, writable

ENGLISH = Path(__file__).parents[1] / "locales" / "en" / "nodeDefs.json"
_MENTION = re.compile(r"\b(GLIGEN_[A-Z]\w+)\b|`(\w+)`")


class NodeNames(NamedTuple):
    """title: of the node · inputs: the name of each by its id"""

    title: str
    inputs: Mapping[str, str]


@functools.cache
def node_names() -> Mapping[str, NodeNames]:
    """The names of every node by its id, from the English locale: what the page shows."""
    nodes = json.loads(ENGLISH.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            node: NodeNames(
                texts["display_name"],
                MappingProxyType({i: each["name"] for i, each in texts.get("inputs", {}).items()}),
            )
            for node, texts in nodes.items()
        }
    )


def named(text: str, node_id: str | None = None) -> str:
    """The text with names for ids. An input is one of `node_id`, else of a node that it mentions.

    What is no id of ours stays as it is.
    """
    names = node_names()
    mentioned = [node_id, *(node for node, _ in _MENTION.findall(text))]
    tables = [names[node].inputs for node in mentioned if node in names]

    def name(mention: re.Match[str]) -> str:
        node, given = mention.groups()
        if node:
            return names[node].title if node in names else node
        found = next((table[given] for table in tables if given in table), None)
        if found is None:
            return mention[0]
        return f'"{found}"' if given == found or f"({given})" in found else f'"{found}" ({given})'

    return _MENTION.sub(name, text)


def give_names(node: type[io.ComfyNode]) -> None:
    """Change a node class so that its inputs, and all that it says, have the names of the graph."""
    node_id = node.define_schema().node_id
    for name, wrap in _WRAPPERS.items():
        if name in node.__dict__:
            setattr(node, name, classmethod(wrap(node.__dict__[name].__func__, node_id)))


def _with_input_names(define: Callable[..., io.Schema], node_id: str) -> Callable[..., io.Schema]:
    """Each input that has no name of its own gets one: for pages that don't merge locales."""

    @functools.wraps(define)
    def define_schema(cls: Any) -> io.Schema:
        schema = define(cls)
        names = node_names()[node_id].inputs
        for each in schema.inputs:
            each.display_name = each.display_name or names.get(each.id, each.id)
        return schema

    return define_schema


def _with_named_errors(execute: Callable[..., Any], node_id: str) -> Callable[..., Any]:
    @functools.wraps(execute)
    def execute_named(cls: Any, *args: Any, **inputs: Any) -> Any:
        try:
            return execute(cls, *args, **inputs)
        except GligenError as problem:
            problem.args = (named(str(problem), node_id),)
            raise
        except Exception as problem:
            words = excerpt(problem)
            if not _can_be_written(problem):  # the host's log would fail, and its worker with it
                raise GligenError(f"{node_names()[node_id].title}: {words}") from None
            raise

    return execute_named


def _can_be_written(problem: BaseException | None) -> bool:
    """Whether its words, and those of what it came from, are whole characters."""
    while problem is not None:
        if (words := str(problem)) != writable(words):
            return False
        problem = problem.__cause__ or problem.__context__
    return True


def _with_one_report(validate: Callable[..., bool | str], node_id: str) -> Callable[..., Any]:
    """The host repeats an answer for each value that it handed in; an error it reports once.

    It hands `hidden` to the class that it calls, which nobody else does.
    """

    @functools.wraps(validate)
    def validate_inputs(cls: Any, *args: Any, **values: Any) -> bool | str:
        answer = validate(cls, *args, **values)
        if not isinstance(answer, str):
            return answer
        if len(values) > 1 and cls.hidden is not None:
            raise GligenError(named(answer, node_id))
        return named(answer, node_id)

    # The host reads off the signature what to hand in, without following `wraps`.
    validate_inputs.__signature__ = inspect.signature(validate)  # type: ignore[attr-defined]
    return validate_inputs


_WRAPPERS: Mapping[str, Callable[[Callable[..., Any], str], Callable[..., Any]]] = MappingProxyType(
    {
        "define_schema": _with_input_names,
        "validate_inputs": _with_one_report,
        "fingerprint_inputs": _with_named_errors,
        "execute": _with_named_errors,
    }
)
