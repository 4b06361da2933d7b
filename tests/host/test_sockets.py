"""A socket takes what it can make sense of: layouts, others' boxes and poses, and JSON of each."""

import json
from pathlib import Path

import pytest
import torch
from modes import SIDE_PX
from studio import CONTEXT
from test_first_conv import vae
from test_layout_sources import LAYOUT, MOVED

SAMPLES = Path(__file__).parents[1] / "fixtures" / "formats"
CONTRACT = Path(__file__).parents[1] / "fixtures" / "host" / "node_contract.json"
NODES = json.loads(CONTRACT.read_text(encoding="utf-8"))
PLACES = {"GLIGEN_LAYOUT", "POSE_KEYPOINT", "BOUNDING_BOX", "BBOX", "SEGS", "TRACKING"}
BOXES = [{"x": 16, "y": 8, "width": 16, "height": 32, "label": "a dog"}]
JOINTS = [(0.3 + 0.01 * n, 0.1 + 0.04 * n, 1.0) for n in range(17)]
PEOPLE = {"poses": [{"id": "p", "joints": JOINTS}]}


@pytest.fixture
def layout(pack):
    return pack("gligen_core.layout").parse_layout(LAYOUT)


@pytest.fixture
def frames(pack):
    return pack("gligen_core.layout").parse_sequence([LAYOUT, MOVED])


def sample(name):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def places(layout):
    return [(entity.text, entity.box.as_tuple()) for entity in layout.entities]


def forms(pack, layout):
    """A layout as it comes on each of the wires that tell their picture's size, and as JSON."""
    out = pack("nodes.layout_export").LayoutToBoxes.execute(layout, "xywh").result
    segs, tracking = out[2:4]
    elements = pack("gligen_core.formats.elements").dump(layout)
    written = pack("gligen_core.layout").dump_layout(layout)
    return {
        "SEGS": segs,
        "TRACKING": tracking,
        "ARRAY": elements,
        "objects": written,
        "STRING": json.dumps(written),
        "STRING of TRACKING": json.dumps(tracking),
        "STRING of ARRAY": json.dumps(elements),
    }


@pytest.mark.parametrize("node_id", NODES)
def test_json_goes_wherever_a_layout_boxes_or_poses_go(host, pack, node_id):
    for each in host("nodes").NODE_CLASS_MAPPINGS[node_id].GET_SCHEMA().inputs:
        types = set(each.get_io_type().split(","))
        if types & PLACES:
            assert {"STRING", "GLIGEN_LAYOUT"} <= types, each.id


@pytest.mark.parametrize(
    "name",
    [
        *("BOUNDING_BOX", "BOUNDINGBOX", "BOUNDING_BOXES", "BBOX", "BBOX,BOUNDING_BOX", "JSON"),
        *("ARRAY", "SEGS", "TRACKING", "MASK", "STRING", "GLIGEN_LAYOUT"),
    ],
)
def test_boxes_come_by_every_name_that_packs_give_them(host, pack, name):
    fits = host("comfy_execution.validation").validate_node_input
    for node_id, socket in (("LayoutFromBoxes", "boxes"), ("ScoreLayout", "detections")):
        inputs = host("nodes").NODE_CLASS_MAPPINGS[f"GLIGEN_{node_id}"].GET_SCHEMA().inputs
        (types,) = (each.get_io_type() for each in inputs if each.id == socket)
        assert fits(name, types)


@pytest.mark.parametrize("node_id", NODES)
def test_poses_go_wherever_a_layout_of_them_goes(host, pack, node_id):
    for each in host("nodes").NODE_CLASS_MAPPINGS[node_id].GET_SCHEMA().inputs:
        types = set(each.get_io_type().split(","))
        if "GLIGEN_LAYOUT" in types and "MASK" not in types:  # those are of boxes alone
            assert "POSE_KEYPOINT" in types, each.id


@pytest.mark.parametrize(
    "form", ["SEGS", "TRACKING", "ARRAY", "objects", "STRING", "STRING of TRACKING"]
)
def test_ground_reads_a_layout_in_every_form(studio, pack, layout, form):
    given = forms(pack, layout)[form]
    node = pack("nodes.ground").Ground
    expected = node.execute(studio.gligen, studio.clip, layout)[0].inputs
    found = node.execute(studio.gligen, studio.clip, given)[0].inputs
    assert torch.equal(found.present, expected.present)
    assert torch.allclose(found.boxes, expected.boxes, atol=1e-3)
    assert torch.equal(found.text, expected.text)


@pytest.mark.parametrize("form", [lambda value: value, json.dumps], ids=["wire", "json"])
def test_a_pose_estimator_goes_straight_into_ground(modes, pack, form):
    poses = sample("dwpose.json")
    read = pack("nodes.layout_import").LayoutFromPoses
    layout = read.execute("", "poses", "", 0.3, False, poses=poses)[0]
    expected = modes.ground("keypoint", layout=layout).inputs
    found = modes.ground("keypoint", layout=form(poses)).inputs
    assert expected.present.any() and torch.equal(found.present, expected.present)
    assert torch.equal(found.points, expected.points)


def test_pixels_of_a_picture_that_a_node_does_not_know_are_refused(studio, pack, refusal, layout):
    says = r"box 1: these are pixels of a picture .* put GLIGEN Layout From Boxes in between"
    with pytest.raises(refusal, match=rf"^Encode Grounding \(GLIGEN\): {says}"):
        pack("nodes.ground").Ground.execute(studio.gligen, studio.clip, json.dumps(BOXES))
    with pytest.raises(refusal, match=rf"^Preview Layout \(GLIGEN\): {says}"):
        pack("nodes.preview").PreviewLayout.execute(BOXES)
    with pytest.raises(refusal, match=r"^Merge Layouts \(GLIGEN\): .*pixels of a picture"):
        pack("nodes.layout_edit").MergeLayouts.execute(layout, {"bboxes": [[0, 0, 9, 9]]})
    says = r'^Merge Layouts \(GLIGEN\): .*Set "order of numbers" \(order\).*Layout From Boxes'
    with pytest.raises(refusal, match=says):
        pack("nodes.layout_edit").MergeLayouts.execute(layout, "[[0, 0, 9, 9]]")


@pytest.mark.parametrize("value", [7, object(), torch.zeros(2)])
def test_what_is_no_layout_is_refused(pack, refusal, value):
    with pytest.raises(refusal, match=r"^Flip Layout \(GLIGEN\): .* is no layout"):
        pack("nodes.layout_edit").FlipLayout.execute(value, "vertical")


def test_a_picture_gives_the_size_of_boxes_drawn_on_it(pack):
    preview, picture = pack("nodes.preview").PreviewLayout, torch.rand(1, 600, 700, 3)
    scaled = [box | {"x": 160, "y": 80, "width": 160, "height": 320} for box in BOXES]
    of_pixels = preview.execute(scaled, picture)[0]
    fractions = [160 / 700, 80 / 600, 320 / 700, 400 / 600]
    entity = {"id": "e1", "text": "a dog", "box": fractions}
    layout = pack("gligen_core.layout").parse_layout({"entities": [entity]})
    assert torch.equal(of_pixels, preview.execute(layout, picture)[0])


@pytest.mark.parametrize("form", ["wire", "json", "layout", "mask"])
def test_inpaint_paints_in_boxes_of_its_picture(studio, pack, form):
    fractions = {"entities": [{"text": "a", "box": [0.25, 0.125, 0.5, 0.625]}]}
    mask = torch.zeros(1, SIDE_PX, SIDE_PX)
    mask[0, 8:40, 16:32] = 1
    given = {
        "wire": [BOXES],
        "json": json.dumps(BOXES),
        "layout": json.dumps(fractions),
        "mask": mask,
    }[form]
    sides, pixels = (studio.text("a"), studio.text("")), torch.rand(1, SIDE_PX, SIDE_PX, 3)
    node = pack("nodes.inpaint").GligenInpaint
    *_, painted = node.execute(*sides, vae(studio), pixels, layout=given).result
    assert torch.equal(painted, mask)


def test_layouts_are_appended_to_whatever_they_come_as(pack, layout):
    drawing, box = pack("nodes.layout").LayoutText, pack("nodes.layout").LayoutBox
    text = json.dumps({"entities": [{"text": "a cup", "box": [0.5, 0, 1, 0.5]}]})
    expected = layout.joined(pack("gligen_core.layout").parse_layout(text))
    for form, given in forms(pack, layout).items():
        drawn = drawing.execute(text, given)[0]
        numbers = box.execute("a cup", 0.5, 0, 1, 0.5, 1.0, given)[0]
        for found in (drawn, numbers):
            for one, other in zip(places(found), places(expected), strict=True):
                assert one[0] == other[0], form
                assert one[1] == pytest.approx(other[1], abs=1e-3), form


def test_a_drawing_is_appended_to_every_frame(pack, frames):
    text = json.dumps({"entities": [{"text": "a cup", "box": [0.5, 0, 1, 0.5]}]})
    whole, width, height, _ = pack("nodes.layout").LayoutText.execute(text, frames).result
    assert [len(each.entities) for each in whole.layouts] == [3, 2]
    assert (width, height) == (128, 64)
    boxed = pack("nodes.layout").LayoutBox.execute("a cup", 0.5, 0, 1, 0.5, 1.0, frames)[0]
    assert [places(each) for each in boxed.layouts] == [places(each) for each in whole.layouts]


def ghosts(pack, detections, background=None):
    canvas = json.dumps({"width": 64, "height": 64, "entities": []})
    shown = pack("nodes.layout").LayoutText.execute(canvas, None, background, detections).ui
    return json.loads(shown["gligen_detections"][0])["entities"]


@pytest.mark.parametrize(
    "form", [lambda boxes: boxes, lambda boxes: [boxes, []], json.dumps], ids=["list", "frames", ""]
)
def test_a_detectors_boxes_are_ghosts_on_the_canvas(pack, form):
    (ghost,) = ghosts(pack, form(BOXES))
    assert (ghost["text"], ghost["box"]) == ("a dog", [0.25, 0.125, 0.5, 0.625])


def test_ghosts_lie_on_the_background_that_they_were_found_in(pack):
    (ghost,) = ghosts(pack, BOXES, torch.zeros(1, 128, 256, 3))
    assert ghost["box"] == [0.0625, 0.0625, 0.125, 0.3125]


@pytest.mark.parametrize("form", [json.dumps, lambda value: value], ids=["json", "objects"])
def test_people_come_to_the_canvas_as_a_layout_too(pack, form):
    poses = pack("nodes.poses").Poses
    (pose,) = poses.execute('{"poses": []}', pose_keypoint=form(PEOPLE))[0].poses
    assert [tuple(joint) for joint in pose.joints] == JOINTS
    appended = poses.execute('{"poses": []}', form(sample("dwpose.json")))[0]
    assert len(appended.poses) == 1 and appended.width == 512


def test_a_layouts_people_become_boxes(pack):
    node = pack("nodes.layout_import").LayoutFromPoses
    layout = pack("gligen_core.layout").parse_layout(PEOPLE)
    for given in (layout, PEOPLE, json.dumps(PEOPLE)):
        (person,) = node.execute("", "boxes", "a dancer", 0.3, True, poses=given)[0].entities
        assert person.text == "a dancer" and person.box == layout.poses[0].box.clamped()


def test_keyframes_come_in_any_form(pack, layout):
    animate = pack("nodes.animate").AnimateLayout
    for given in forms(pack, layout).values():
        sequence, _ = animate.execute(
            given, 3, "linear", "cut", "phrases and overlap", "", keyframe_2=json.dumps(MOVED)
        ).result
        assert [len(each.entities) for each in sequence.layouts] == [2, 2, 1]


def test_scored_layouts_may_be_pixels_of_the_picture(pack):
    score = pack("nodes.evaluate").ScoreLayout.execute
    mean_iou, success, *_ = score(BOXES, BOXES, image=torch.rand(1, 64, 64, 3)).result
    assert (mean_iou, success) == (1, 1)


def test_the_widths_that_ground_names_are_those_of_the_encoders(host, pack):
    (clip,) = (
        each
        for each in host("nodes").NODE_CLASS_MAPPINGS["GLIGEN_Ground"].GET_SCHEMA().inputs
        if each.id == "clip"
    )
    encoders = pack("host.clip").ENCODERS
    named = {width for width, encoder in encoders.items() if "second" not in encoder}
    assert CONTEXT in named and all(f"({width}" in clip.tooltip for width in named)
