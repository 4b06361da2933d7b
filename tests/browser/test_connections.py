"""Layout sockets in the browser: what they take, and what they took before they took more."""

import json
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[1] / "fixtures" / "host" / "workflows"
BOUNDING_BOX, SEGS, TRACKING, POSES = 0, 2, 3, 4  # outputs of Layout To Boxes


@pytest.mark.parametrize(
    "source, output, target, socket",
    [
        ("GLIGEN_Layout", 0, "GLIGEN_Ground", "layout"),
        ("PrimitiveString", 0, "GLIGEN_Ground", "layout"),
        ("GLIGEN_LayoutToBoxes", POSES, "GLIGEN_Ground", "layout"),
        ("GLIGEN_LayoutToBoxes", SEGS, "GLIGEN_Layout", "append_to"),
        ("GLIGEN_LayoutToBoxes", BOUNDING_BOX, "GLIGEN_Layout", "detections"),
        ("GLIGEN_LayoutToBoxes", TRACKING, "GLIGEN_AnimateLayout", "keyframe_1"),
        ("GLIGEN_LayoutToBoxes", POSES, "GLIGEN_Poses", "pose_keypoint"),
        ("GLIGEN_Layout", 0, "GLIGEN_Poses", "pose_keypoint"),
        ("GLIGEN_LayoutToBoxes", BOUNDING_BOX, "GLIGEN_Inpaint", "layout"),
    ],
)
def test_a_socket_for_a_layout_takes_what_is_as_good_as_one(desk, source, output, target, socket):
    giver, taker = desk.add(source), desk.add(target, (500, 0))
    desk.connect(giver, output, taker, socket)
    assert desk.prompt()[str(taker)]["inputs"][socket] == [str(giver), output]


@pytest.mark.parametrize(
    "source, output, target, socket",
    [
        ("GLIGEN_LayoutToBoxes", BOUNDING_BOX, "GLIGEN_Ground", "layout"),
        ("GLIGEN_DemoModel", 0, "GLIGEN_Layout", "append_to"),
    ],
)
def test_it_refuses_what_it_can_not_read(desk, source, output, target, socket):
    giver, taker = desk.add(source), desk.add(target, (500, 0))
    desk.connect(giver, output, taker, socket)
    assert socket not in desk.prompt()[str(taker)]["inputs"]


def test_a_workflow_saved_when_sockets_took_layouts_alone_keeps_its_wires(desk):
    saved = json.loads((SHIPPED / "demo_score_3.json").read_text(encoding="utf-8"))
    slots = [slot for node in saved["nodes"] for slot in node["inputs"]]
    places = [slot for slot in slots if "GLIGEN_LAYOUT" in slot["type"]]
    for slot in places:
        slot["type"] = "GLIGEN_LAYOUT"
    desk.load(saved)
    wired = [
        value
        for node in desk.prompt().values()
        for name, value in node["inputs"].items()
        if name in ("layout", "detections") and isinstance(value, list)
    ]
    assert len(wired) == sum(slot["link"] is not None for slot in places) > 1
