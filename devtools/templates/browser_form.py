"""A workflow in the form that ComfyUI's browser opens, made from its form for the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from .grid import COLOURS, WHAT, Frame, Item, place, size_of
from .published import models_of
from .widgets import is_widget, slots_of, values_of

Api = Mapping[str, Mapping[str, Any]]
Info = Mapping[str, Mapping[str, Any]]
"""ComfyUI's answer at /object_info: node class -> inputs, their order, outputs."""

VERSION = 0.4  # of the form
OPTIONAL = 7  # the shape of a socket that may stay empty
OURS, PACK, CORE = "GLIGEN_", "gligen-grounding", "comfy-core"
NOTE_COLOURS = {"color": "#432", "bgcolor": "#653"}
NOTE_WIDTH = 400
CHARACTERS_A_LINE, LINE_HEIGHT = 46, 24
SCALE = 0.6


def browser_form(name: str, api: Api, note: str, info: Info) -> dict[str, Any]:
    """The whole workflow. name: of the file of its form for the API · note: Markdown"""
    last = max(int(id_) for id_ in api)
    items = [Item(last + 1, "MarkdownNote", (NOTE_WIDTH, _height(note)))]
    items += [
        Item(
            int(id_), api[id_]["class_type"], size_of(api[id_]["class_type"]), sources_of(api[id_])
        )
        for id_ in in_order(api)
    ]
    places, frames = place(items)
    nodes, links = wired(api, info)
    sizes = {item.id: item.size for item in items}
    for node in nodes:
        node["pos"], node["size"] = list(places[node["id"]]), list(sizes[node["id"]])
    nodes.append(_note(items[0], places[items[0].id], note, len(nodes)))
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PACK}/{name}")),
        "revision": 0,
        "last_node_id": last + 1,
        "last_link_id": len(links),
        "nodes": nodes,
        "links": links,
        "groups": [group_form(number, frame) for number, frame in enumerate(frames, 1)],
        "config": {},
        "extra": {"ds": {"scale": SCALE, "offset": [40, 60]}, "api": f"api/{name}.json"},
        "version": VERSION,
    }


def wired(api: Api, info: Info) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """The nodes, each behind those that it is wired to, without places; and the links."""
    order = in_order(api)
    links: list[list[Any]] = []
    for id_ in order:
        declared = slots_of(info[api[id_]["class_type"]])
        for slot, (name, _, _) in enumerate(declared):
            value = api[id_]["inputs"].get(name)
            if isinstance(value, list):
                source, output = value
                kind = info[api[source]["class_type"]]["output"][output]
                links.append([len(links) + 1, int(source), output, int(id_), slot, kind])
    return [_node(id_, api[id_], info, links, rank) for rank, id_ in enumerate(order)], links


def _node(id_: str, node: Mapping[str, Any], info: Info, links: Any, rank: int) -> dict[str, Any]:
    kind = node["class_type"]
    declared = info[kind]
    form: dict[str, Any] = {
        "id": int(id_),
        "type": kind,
        "pos": [0, 0],
        "size": list(size_of(kind)),
        "flags": {},
        "order": rank,
        "mode": 0,
        "inputs": [_socket(id_, slot, each, declared, links) for slot, each in _numbered(declared)],
        "outputs": [_output(id_, slot, declared, links) for slot in range(len(declared["output"]))],
        "properties": {
            "cnr_id": PACK if kind.startswith(OURS) else CORE,
            "Node name for S&R": kind,
        },
        "widgets_values": list(values_of(node["inputs"], declared)),
    }
    models = models_of(node["inputs"].values())
    if models:
        form["properties"]["models"] = models
    title = node.get("_meta", {}).get("title")
    if title:
        form["title"] = title
    return form


def _numbered(declared: Mapping[str, Any]) -> Iterator[tuple[int, tuple[str, str, bool]]]:
    return enumerate(slots_of(declared))


def _socket(
    id_: str, slot: int, each: tuple[str, str, bool], declared: Mapping[str, Any], links: Any
) -> dict[str, Any]:
    name, kind, optional = each
    link = next((link[0] for link in links if link[3:5] == [int(id_), slot]), None)
    socket: dict[str, Any] = {"name": name, "type": kind}
    if is_widget(name, kind, declared):
        socket["widget"] = {"name": name}
    elif optional:
        socket["shape"] = OPTIONAL
    return socket | {"link": link}


def _output(id_: str, slot: int, declared: Mapping[str, Any], links: Any) -> dict[str, Any]:
    taken = [link[0] for link in links if link[1:3] == [int(id_), slot]]
    return {
        "name": declared["output_name"][slot],
        "type": declared["output"][slot],
        "slot_index": slot,
        "links": taken or None,
    }


def _note(item: Item, at: tuple[int, int], text: str, rank: int) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.kind,
        "pos": list(at),
        "size": list(item.size),
        "flags": {},
        "order": rank,
        "mode": 0,
        "inputs": [],
        "outputs": [],
        "properties": {},
        "widgets_values": [text],
        **NOTE_COLOURS,
    }


def group_form(number: int, frame: Frame) -> dict[str, Any]:
    return {
        "id": number,
        "title": frame.title,
        "bounding": list(frame.bounding),
        "color": COLOURS.get(frame.title, COLOURS[WHAT]),
        "font_size": 24,
        "flags": {},
    }


def _height(note: str) -> int:
    lines = sum(len(line) // CHARACTERS_A_LINE + 1 for line in note.splitlines())
    return LINE_HEIGHT * (lines + 2)


def sources_of(node: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(value[0]) for value in node["inputs"].values() if isinstance(value, list))


def in_order(api: Api) -> list[str]:
    """Node ids, each behind those that it is wired to, else by number."""
    done: list[str] = []
    waiting = sorted(api, key=int)
    while waiting:
        ready = next(id_ for id_ in waiting if {str(s) for s in sources_of(api[id_])} <= set(done))
        waiting.remove(ready)
        done.append(ready)
    return done
