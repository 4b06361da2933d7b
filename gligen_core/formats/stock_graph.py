"""A graph of ComfyUI with GLIGENTextBoxApply nodes, pasted as the browser or the API saves it.

Phrases, boxes in pixels and the latent's size stand in the nodes' fields; bypassed and muted nodes
are left out. The boxes come in the order of their chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import GligenError
from ..layout import Layouts
from ..layout.fields import MAX_ITEMS
from .format import Format
from .parsing import Canvas, Context
from .placing import Candidate, Placing
from .texts import value_in
from .units import placed
from .values import corners_of, key_of, phrase_of, read_coordinate, scalar, sequence

NODE = "GLIGENTextBoxApply"
FIELDS = ("text", "width", "height", "x", "y")  # its fields, in the order of its widgets
LATENTS = ("EmptyLatentImage", "EmptySD3LatentImage")
ACTIVE = (0, None)  # modes of a node that runs


class GraphNode(NamedTuple):
    """fields: by name; linked: names of inputs -> id of the node they come from"""

    id: str
    kind: str
    fields: dict[str, Any]
    linked: dict[str, str]


def parse(data: Any, context: Context) -> Layouts:
    """The canvas is the empty latent's, else the context's."""
    source, nodes = context.source, {node.id: node for node in _nodes(data)}
    applied = _in_order({id_: node for id_, node in nodes.items() if node.kind == NODE})
    if len(applied) > MAX_ITEMS:
        raise GligenError(f"{source}: {len(applied):,} nodes; at most {MAX_ITEMS:,} are read.")
    placing = Placing(context, "graph of GLIGENTextBoxApply")
    candidates: list[Candidate] = []
    for number, node in enumerate(applied, 1):
        where = f"{source}: {NODE} {number} (node {node.id[:40]})"
        with placing.row():
            width, height, x, y = (
                read_coordinate(_value(node, name, nodes), f"{where}: {name}")
                for name in FIELDS[1:]
            )
            text = phrase_of(_value(node, "text", nodes))
            corners = corners_of(x, y, width, height)
            candidates.append(placing.candidate(corners, where, text))
    canvas = _canvas(nodes, context)
    return sequence(placed([candidates], placing, canvas, "pixels"), source)


def phrases_in(text: str, source: str) -> tuple[str, ...] | None:
    """The phrases of a pasted graph, box by box; None where the text is no graph."""
    value = value_in(text, Context(source=source)) if text.lstrip()[:1] == "{" else None
    if value is None or not recognises(value):
        return None
    nodes = {node.id: node for node in _nodes(value)}
    applied = _in_order({id_: node for id_, node in nodes.items() if node.kind == NODE})
    return tuple(phrase_of(_value(node, "text", nodes)) for node in applied)


def recognises(value: Any) -> bool:
    """A graph with at least one of the nodes."""
    return any(node.kind == NODE for node in _nodes(value))


def _nodes(value: Any) -> Iterator[GraphNode]:
    """Of a graph as the browser saves it (`nodes`, `links`), or of the API's form."""
    if not isinstance(value, Mapping):
        return
    if isinstance(value.get("nodes"), list | tuple):
        yield from _saved(value)
        return
    inner = value.get("prompt", value.get("output"))
    prompt = inner if isinstance(inner, Mapping) else value
    for id_, node in prompt.items():
        if isinstance(node, Mapping) and isinstance(node.get("class_type"), str):
            inputs = node.get("inputs")
            fields = dict(inputs) if isinstance(inputs, Mapping) else {}
            linked = {
                name: key_of(link[0])
                for name, link in fields.items()
                if isinstance(link, list | tuple) and len(link) == 2
            }
            yield GraphNode(key_of(id_), node["class_type"], fields, linked)


def _saved(graph: Mapping[str, Any]) -> Iterator[GraphNode]:
    origins = {}
    links = graph.get("links")
    for link in links if isinstance(links, list | tuple) else ():
        if isinstance(link, list | tuple) and len(link) > 2:
            origins[key_of(link[0])] = key_of(link[1])
        elif isinstance(link, Mapping):
            origins[key_of(link.get("id"))] = key_of(link.get("origin_id"))
    for node in graph["nodes"]:
        if not isinstance(node, Mapping) or node.get("mode", 0) not in ACTIVE:
            continue
        inputs = node.get("inputs")
        linked = {
            each["name"]: origins[key_of(each.get("link"))]
            for each in (inputs if isinstance(inputs, list | tuple) else ())
            if isinstance(each, Mapping)
            and isinstance(each.get("name"), str)
            and key_of(each.get("link")) in origins
        }
        kind = node.get("type")
        yield GraphNode(
            key_of(node.get("id")), kind if isinstance(kind, str) else "", _widgets(node), linked
        )


def _widgets(node: Mapping[str, Any]) -> dict[str, Any]:
    """A saved node's widgets by name, as far as this reader needs them."""
    values = node.get("widgets_values")
    if isinstance(values, Mapping):
        return dict(values)
    values = values if isinstance(values, list | tuple) else ()
    names = FIELDS if node.get("type") == NODE else ("width", "height", "batch_size")
    if node.get("type") not in (NODE, *LATENTS):
        names = ("value",)
    return dict(zip(names, values, strict=False))


def _value(node: GraphNode, name: str, nodes: Mapping[str, GraphNode]) -> Any:
    """A field, or what the node wired to it holds (a primitive's value or text)."""
    if name not in node.linked:
        return node.fields.get(name)
    origin = nodes.get(node.linked[name])
    fields = origin.fields if origin else {}
    held = (fields.get(each) for each in ("value", "text", "string", "int", "number", name))
    return next((each for each in held if isinstance(each, str | int | float)), None)


def _in_order(nodes: Mapping[str, GraphNode]) -> list[GraphNode]:
    """Each after the one its conditioning comes from."""
    ordered: dict[str, GraphNode] = {}
    for node in nodes.values():
        chain: list[GraphNode] = []
        current: GraphNode | None = node
        while current is not None and current.id not in ordered and current not in chain:
            chain.append(current)
            current = nodes.get(current.linked.get("conditioning_to", ""))
        for each in reversed(chain):
            ordered[each.id] = each
    return list(ordered.values())


def _canvas(nodes: Mapping[str, GraphNode], context: Context) -> Canvas | None:
    """The size of the empty latents, if they agree and stand in their fields."""
    sizes = {
        (scalar(_value(node, "width", nodes)), scalar(_value(node, "height", nodes)))
        for node in nodes.values()
        if node.kind in LATENTS
    }
    width, height = sizes.pop() if len(sizes) == 1 else (None, None)
    return Canvas.read(width, height, context.source) if width and height else None


FORMAT = Format(
    name="GLIGENTextBoxApply",
    title="graphs with GLIGENTextBoxApply nodes",
    sign="`nodes`, or `class_type` of GLIGENTextBoxApply",
    recognises=recognises,
    parse=parse,
)
