"""Blueprints: whole graphs as one node, which ComfyUI lists beside the nodes.

The host serves each file of the folder `subgraphs` at /global_subgraphs, under the file's name.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .browser_form import PACK, VERSION, Api, Info, group_form, in_order, sources_of, wired
from .grid import CANVAS_SIDE, GAP_X, Item, place, size_of

INSIDE_IN, INSIDE_OUT = -10, -20  # ids of the two nodes that stand for the edge of a subgraph
# Fields of a link: rows in a graph, objects in a subgraph.
LINK: tuple[str, ...] = (
    "id",
    "origin_id",
    "origin_slot",
    "target_id",
    "target_slot",
    "type",
)
EDGE_WIDTH, SLOT_HEIGHT, EDGE_PADDING = 140, 20, 40
HEIGHT = CANVAS_SIDE + 420  # of the node in the graph: canvas, prompt and the rest


@dataclass(frozen=True, slots=True)
class Face:
    """What a blueprint's node shows or takes: a name, and the inputs inside that it feeds.

    kind: a type for a socket; none for a widget, which keeps the value that it has inside
    """

    name: str
    feeds: tuple[tuple[str, str], ...]  # node id, input
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """name: of its file, and what node search shows · output: node id, number, name"""

    name: str
    description: str
    aliases: tuple[str, ...]
    nodes: Api
    faces: tuple[Face, ...]
    output: tuple[str, int, str] = ("decode", 0, "image")


def blueprint_form(blueprint: Blueprint, info: Info) -> dict[str, Any]:
    """The file: a graph with nothing in it but the subgraph's node."""
    definition = subgraph(blueprint, info)
    node = {
        "id": 1,
        "type": definition["id"],
        "pos": [0, 0],
        "size": [CANVAS_SIDE, HEIGHT],
        "flags": {},
        "order": 0,
        "mode": 0,
        "inputs": [
            {"name": each["name"], "type": each["type"], "link": None}
            | ({} if face.kind else {"widget": {"name": each["name"]}})
            for each, face in zip(definition["inputs"], blueprint.faces, strict=True)
        ],
        "outputs": [
            {"name": each["name"], "type": each["type"], "links": None}
            for each in definition["outputs"]
        ],
        "properties": {"cnr_id": PACK},
        "widgets_values": [],
        "title": blueprint.name,
    }
    return {
        "id": _id(blueprint, "file"),
        "revision": 0,
        "last_node_id": 1,
        "last_link_id": 0,
        "nodes": [node],
        "links": [],
        "groups": [],
        "definitions": {"subgraphs": [definition]},
        "config": {},
        "extra": {
            "BlueprintDescription": blueprint.description,
            "BlueprintSearchAliases": list(blueprint.aliases),
        },
        "version": VERSION,
    }


def subgraph(blueprint: Blueprint, info: Info) -> dict[str, Any]:
    """Its definition: the nodes inside, in their places, and what joins them to the edge."""
    ids = {name: str(number) for number, name in enumerate(blueprint.nodes, 1)}
    api = {ids[name]: _renamed(node, ids) for name, node in blueprint.nodes.items()}
    nodes, rows = wired(api, info)
    links = [_link(row) for row in rows]
    by_id = {node["id"]: node for node in nodes}
    inputs = []
    for slot, face in enumerate(blueprint.faces):
        fed = [_feed(by_id[int(ids[node])], name, slot, links) for node, name in face.feeds]
        inputs.append(
            {
                "id": _id(blueprint, f"in {face.name}"),
                "name": face.name,
                "type": face.kind or fed[0]["type"],
                "linkIds": [link["id"] for link in fed],
            }
        )
    places, frames = place(_items(api))
    for node in nodes:
        node["pos"] = list(places[node["id"]])
    right = max(x + width for x, _, width, _ in (frame.bounding for frame in frames))
    return {
        "id": _id(blueprint, "subgraph"),
        "version": 1,
        "state": {
            "lastGroupId": len(frames),
            "lastNodeId": len(nodes),
            "lastLinkId": len(links) + 1,
            "lastRerouteId": 0,
        },
        "revision": 0,
        "config": {},
        "name": blueprint.name,
        "description": blueprint.description,
        "inputNode": _edge(INSIDE_IN, -GAP_X - EDGE_WIDTH, len(inputs)),
        "outputNode": _edge(INSIDE_OUT, right + GAP_X, 1),
        "inputs": inputs,
        "outputs": [_out(blueprint, by_id[int(ids[blueprint.output[0]])], links)],
        "widgets": [],
        "nodes": nodes,
        "groups": [group_form(number, frame) for number, frame in enumerate(frames, 1)],
        "links": links,
        "extra": {},
    }


def _feed(node: dict[str, Any], name: str, slot: int, links: list[dict[str, Any]]) -> Any:
    """A new link from the edge to a node's input."""
    index = next(number for number, each in enumerate(node["inputs"]) if each["name"] == name)
    kind = node["inputs"][index]["type"]
    link = dict(zip(LINK, (len(links) + 1, INSIDE_IN, slot, node["id"], index, kind), strict=True))
    links.append(link)
    node["inputs"][index]["link"] = link["id"]
    return link


def _out(blueprint: Blueprint, node: dict[str, Any], links: list[dict[str, Any]]) -> Any:
    _, slot, name = blueprint.output
    kind = node["outputs"][slot]["type"]
    link = _link([len(links) + 1, node["id"], slot, INSIDE_OUT, 0, kind])
    links.append(link)
    node["outputs"][slot]["links"] = [*(node["outputs"][slot]["links"] or ()), link["id"]]
    return {"id": _id(blueprint, "out"), "name": name, "type": kind, "linkIds": [link["id"]]}


def _link(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(LINK, row, strict=True))


def _renamed(node: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """With numbers for names; a link is a list, a name first."""
    inputs = {
        name: [ids[value[0]], value[1]] if isinstance(value, list) else value
        for name, value in node["inputs"].items()
    }
    return {**node, "inputs": inputs}


def _items(api: Api) -> Sequence[Item]:
    kinds = {id_: api[id_]["class_type"] for id_ in in_order(api)}
    return [Item(int(i), kind, size_of(kind), sources_of(api[i])) for i, kind in kinds.items()]


def _edge(id_: int, x: int, slots: int) -> dict[str, Any]:
    return {"id": id_, "bounding": [x, 200, EDGE_WIDTH, EDGE_PADDING + SLOT_HEIGHT * slots]}


def _id(blueprint: Blueprint, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PACK}/subgraphs/{blueprint.name}/{what}"))
