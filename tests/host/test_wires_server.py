"""Wires of others' types, data without wires, and an old stock graph, in a running server."""

import copy
import json

import pytest
from test_layout_server import EXAMPLES, LAYOUT, SAMPLES, exported, from_boxes, string

ENTITIES = json.loads(LAYOUT)["entities"]
BOX = {"x": 128, "y": 128, "width": 256, "height": 256, "label": "a ball"}  # the same, of 512 x 512
# Outputs of Layout To Boxes, and others that are as good as a layout.
AS_GOOD = {
    "GLIGEN_LAYOUT": ["layout", 0],
    "STRING": ["json", 0],
    "SEGS": ["boxes", 2],
    "TRACKING": ["boxes", 3],
    "POSE_KEYPOINT": ["boxes", 4],
}
PIXELS = {"BOUNDING_BOX": ["boxes", 0]}
SOURCES = {
    "json": string(LAYOUT),
    "layout": {"class_type": "GLIGEN_Layout", "inputs": {"layout": LAYOUT}},
    "boxes": {"class_type": "GLIGEN_LayoutToBoxes", "inputs": {"layout": LAYOUT, "order": "xywh"}},
    "picture": {
        "class_type": "EmptyImage",
        "inputs": {"width": 512, "height": 512, "batch_size": 1, "color": 0},
    },
    "demo": {"class_type": "GLIGEN_DemoModel", "inputs": {}},
    "gligen": {
        "class_type": "GLIGEN_Load",
        "inputs": {"gligen_name": "demo_gligen_text_box.safetensors", "modality": "auto"},
    },
}
NO_DRAWING = '{"entities": [], "poses": []}'
NUMBERS = {"x0": 0.0, "y0": 0.0, "x1": 0.5, "y1": 0.5, "strength": 1.0}
MOTION = {"frames": 2, "easing": "linear", "change": "cut", "match": "ids", "times": ""}
# node, its socket, its other inputs
LAYOUT_SOCKETS = [
    ("GLIGEN_Layout", "append_to", {"layout": NO_DRAWING}),
    ("GLIGEN_Poses", "append_to", {"poses": NO_DRAWING}),
    ("GLIGEN_Box", "layout", {"text": "a cup", **NUMBERS}),
    ("GLIGEN_MergeLayouts", "layout_2", {"layout_1": LAYOUT}),
    ("GLIGEN_FlipLayout", "layout", {"axis": "vertical"}),
    ("GLIGEN_AnimateLayout", "keyframe_1", MOTION),
    ("GLIGEN_LayoutToMasks", "layout", {"width": 0, "height": 0}),
    ("GLIGEN_PreviewLayout", "layout", {}),
    (
        "GLIGEN_Ground",
        "layout",
        {"gligen": ["gligen", 0], "clip": ["demo", 1], "overflow": "error"},
    ),
]
BOX_SOCKETS = [
    ("GLIGEN_Layout", "detections", {"layout": NO_DRAWING}),
    ("GLIGEN_PreviewLayout", "layout", {"image": ["picture", 0]}),
    ("GLIGEN_ScoreLayout", "detections", {"layout": LAYOUT, "order": "not set"}),
    ("GLIGEN_LayoutFromBoxes", "boxes", from_boxes()["inputs"]),
]


def wired(sockets, wires):
    """A prompt with each wire in each socket, and the ids of the nodes behind them."""
    prompt, ids = copy.deepcopy(SOURCES), []
    for node, socket, others in sockets:
        for wire in wires:
            ids.append(f"{node} {socket} {wire}")
            inputs = {**others, socket: wires[wire]}
            prompt[ids[-1]] = {"class_type": node, "inputs": inputs}
            prompt[f"shown {ids[-1]}"] = {
                "class_type": "PreviewAny",
                "inputs": {"source": [ids[-1], 0]},
            }
    return prompt, ids


@pytest.mark.parametrize(
    "sockets, wires",
    [(LAYOUT_SOCKETS, AS_GOOD), (BOX_SOCKETS, AS_GOOD | PIXELS)],
    ids=["layouts", "boxes"],
)
def test_every_wire_goes_into_every_socket_that_can_make_sense_of_it(server, sockets, wires):
    if sockets is BOX_SOCKETS:
        wires = {name: wire for name, wire in wires.items() if name != "POSE_KEYPOINT"}
    prompt, ids = wired(sockets, wires)
    shown = server.run(prompt)
    assert all(shown[f"shown {node}"]["text"] for node in ids)


@pytest.mark.parametrize("node, socket, others", LAYOUT_SOCKETS[3:5] + LAYOUT_SOCKETS[-1:])
def test_pixels_are_not_wired_where_no_picture_is_known(server, node, socket, others):
    prompt, _ = wired([(node, socket, others)], PIXELS)
    status, answer = server.post("/prompt", {"prompt": prompt})
    ((error,),) = (refused["errors"] for refused in answer["node_errors"].values())
    assert (status, error["type"]) == (400, "return_type_mismatch")


@pytest.mark.parametrize(
    "data",
    [BOX, json.dumps([[BOX]]), {"__value__": [BOX]}, {"__value__": [[BOX]]}],
    ids=["object", "JSON", "list", "frames"],
)
def test_bounding_boxes_are_sent_as_data(server, data):
    (ball,) = exported(server, {"1": from_boxes(data)}, "1")["entities"]
    assert (ball["text"], ball["box"]) == ("a ball", ENTITIES[0]["box"])


def test_people_are_sent_as_data(server):
    people = {"__value__": json.loads((SAMPLES / "dwpose.json").read_text(encoding="utf-8"))}
    node = {"class_type": "GLIGEN_FlipLayout", "inputs": {"layout": people, "axis": "vertical"}}
    assert len(exported(server, {"1": node}, "1")["poses"]) == 1


def test_an_old_stock_graph_puts_things_into_its_boxes(server):
    prompt = json.loads((EXAMPLES / "demo_score.json").read_text(encoding="utf-8"))
    graph = with_stock_nodes(prompt)
    shown = server.run(graph, patience=300)
    (score,) = (node for node in graph if graph[node]["class_type"] == "GLIGEN_ScoreLayout")
    told = json.loads(shown[score]["text"][0])
    assert told["success_at_0.5"] == 1


def with_stock_nodes(prompt):
    """The graph with ComfyUI's own GLIGEN nodes in the place of Layout and Ground."""
    graph = copy.deepcopy(prompt)
    named = {node["class_type"]: id_ for id_, node in graph.items()}
    layout = json.loads(graph[named["GLIGEN_Layout"]]["inputs"]["layout"])
    ground, apply = graph.pop(named["GLIGEN_Ground"])["inputs"], named["GLIGEN_Apply"]
    latent = graph[named["EmptyLatentImage"]]["inputs"]
    loader = {"gligen_name": graph[ground["gligen"][0]]["inputs"]["gligen_name"]}
    graph["old"] = {"class_type": "GLIGENLoader", "inputs": loader}
    conditioning = graph[apply]["inputs"]["positive"]
    for number, entity in enumerate(layout["entities"]):
        x0, y0, x1, y1 = (8 * round(16 * corner) for corner in entity["box"])  # of 128 x 128
        graph[f"box {number}"] = {
            "class_type": "GLIGENTextBoxApply",
            "inputs": {
                "conditioning_to": conditioning,
                "clip": ground["clip"],
                "gligen_textbox_model": ["old", 0],
                "text": entity["text"],
                **{"width": x1 - x0, "height": y1 - y0, "x": x0, "y": y0},
            },
        }
        conditioning = [f"box {number}", 0]
    graph["read"] = {
        "class_type": "GLIGEN_LayoutFromStock",
        "inputs": {
            "conditioning": conditioning,
            "gligen": ground["gligen"],
            "width": latent["width"],
            "height": latent["height"],
            "phrases": "\n".join(entity["text"] for entity in layout["entities"]),
        },
    }
    graph[apply]["inputs"] |= {"positive": ["read", 1], "grounding": ["read", 0]}
    for node in graph.values():
        for name, value in node["inputs"].items():
            if value == [named["GLIGEN_Layout"], 0]:
                node["inputs"][name] = ["read", 2]
    return graph
