"""Nodes that read layouts from other data, and edit, animate, draw, export and score them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

SAMPLES = Path(__file__).parents[1] / "fixtures" / "formats"
BOXES = [{"x": 64, "y": 96, "width": 128, "height": 256, "label": "dog", "score": 0.9}]
LAYOUT = {
    "width": 128,
    "height": 64,
    "entities": [
        {"id": "a", "text": "a red circle", "box": [0.0, 0.25, 0.25, 0.75]},
        {"id": "b", "text": "a blue square", "box": [0.5, 0.25, 1.0, 1.0]},
    ],
}
MOVED = {
    "width": 128,
    "height": 64,
    "entities": [{"id": "a", "text": "a red circle", "box": [0.75, 0.25, 1.0, 0.75]}],
}


@pytest.fixture
def sources(pack):
    return pack("nodes.layout_import")


@pytest.fixture
def layout(pack):
    return pack("gligen_core.layout").parse_layout(LAYOUT)


def from_boxes(sources, boxes=None, **changes):
    settings = {
        "json": "[]",
        "width": 512,
        "height": 512,
        "order": "not set",
        "phrases": "",
        "least_score": 0.0,
        "follow": True,
    } | changes
    return sources.LayoutFromBoxes.execute(**settings, boxes=boxes)[0]


def sample(name):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def ids(layout):
    return [entity.id for entity in layout.entities]


@pytest.mark.parametrize("boxes", [BOXES, [BOXES], BOXES[0], json.dumps(BOXES)])
def test_boxes_of_the_host_come_as_one_a_list_frames_or_json(sources, boxes):
    (dog,) = from_boxes(sources, boxes).entities
    assert dog.box.as_tuple() == (0.125, 0.1875, 0.375, 0.6875) and dog.text == "dog"


def test_json_is_read_where_nothing_is_wired(sources):
    assert from_boxes(sources, None, json=json.dumps(BOXES)) == from_boxes(sources, BOXES)


def test_the_picture_gives_the_size(sources):
    image = torch.zeros(1, 1024, 256, 3)
    (dog,) = sources.LayoutFromBoxes.execute(
        "[]", 1, 1, "not set", "", 0.0, True, boxes=BOXES, image=image
    )[0].entities
    assert dog.box.as_tuple() == (0.25, 0.09375, 0.75, 0.34375)


def test_masks_are_boxes_too(sources):
    masks = torch.zeros(2, 8, 16)
    masks[0, 2:4, 4:8] = masks[1, 0:8, 0:4] = 1
    layout = from_boxes(sources, masks, phrases="a cat\na dog")
    assert [(e.text, e.box.as_tuple()) for e in layout.entities] == [
        ("a cat", (0.25, 0.25, 0.5, 0.5)),
        ("a dog", (0, 0, 0.25, 1)),
    ]


def test_bare_boxes_are_asked_for_their_order(sources, refusal):
    says = r'^GLIGEN Layout From Boxes: .*Set "order of numbers" \(order\)'
    with pytest.raises(refusal, match=says):
        from_boxes(sources, [(0, 0, 256, 256)])
    box = from_boxes(sources, [(0, 0, 256, 256)], order="xyxy", phrases="a cat").entities[0]
    assert (box.text, box.box.as_tuple()) == ("a cat", (0, 0, 0.5, 0.5))


def test_phrases_are_one_for_all_or_one_for_each(sources, refusal):
    pair = np.array([[0, 0, 9, 9], [9, 9, 99, 99]])
    assert [e.text for e in from_boxes(sources, pair, order="xyxy", phrases="x").entities] == [
        "x",
        "x",
    ]
    with pytest.raises(refusal, match="2 boxes without a label and 3 phrases"):
        from_boxes(sources, pair, order="xyxy", phrases="x\ny\nz")


def test_unsure_detections_can_be_left_out(sources):
    boxes = [*BOXES, BOXES[0] | {"score": 0.2}]
    assert len(from_boxes(sources, boxes).entities) == 2
    assert len(from_boxes(sources, boxes, least_score=0.5).entities) == 1


def test_one_picture_of_a_data_set_is_named(sources, refusal):
    data = sample("coco_instances.json")
    with pytest.raises(refusal, match="2 images"):
        from_boxes(sources, data)
    for picture in ("000000000285.jpg", "285"):
        layout = sources.LayoutFromBoxes.execute(
            "[]", 9, 9, "not set", "", 0.0, True, boxes=data, picture=picture
        )[0]
        assert [entity.text for entity in layout.entities] == ["bear"]


def test_frames_become_a_sequence_and_things_keep_their_ids(sources, pack):
    cats = [{"x": x, "y": 0, "width": 100, "height": 100, "label": "cat"} for x in (0, 300)]
    frames = [cats, cats[::-1]]
    followed = from_boxes(sources, frames)
    assert isinstance(followed, pack("gligen_core.layout").LayoutSequence)
    assert [ids(each) for each in followed.layouts] == [["e1", "e2"], ["e2", "e1"]]
    left_alone = from_boxes(sources, frames, follow=False)
    assert [ids(each) for each in left_alone.layouts] == [["e1", "e2"], ["e1", "e2"]]


@pytest.mark.parametrize("people, counts", [("poses", (0, 1)), ("boxes", (1, 0)), ("both", (1, 1))])
def test_people_become_poses_boxes_or_both(sources, people, counts):
    layout = sources.LayoutFromPoses.execute(
        "", people, "a runner", 0.3, True, poses=sample("dwpose.json")
    )[0]
    assert (len(layout.entities), len(layout.poses)) == counts
    assert all(entity.text == "a runner" for entity in layout.entities)


def test_poses_come_as_json_and_frame_by_frame(sources, pack):
    text = json.dumps(sample("sdpose.json"))
    found = sources.LayoutFromPoses.execute(text, "poses", "", 0.3, True)[0]
    assert [len(each.poses) for each in found.layouts] == [1, 0]


@pytest.mark.parametrize(
    "text, prompt, count",
    [
        ("a [red ball](0.1, 0.2, 0.5, 0.9) on grass", "a red ball on grass", 1),
        ((SAMPLES / "fenced.md").read_text(encoding="utf-8"), "a red ball, a blue cube", 2),
        (
            (SAMPLES / "lmd.txt").read_text(encoding="utf-8"),
            "A realistic landscape scene with a green car, a dog's bowl, a bird",
            3,
        ),
        (json.dumps(LAYOUT), "a red circle, a blue square", 2),
        (json.dumps(BOXES), "dog", 1),
    ],
    ids=["places", "fenced", "LMD", "layout", "boxes"],
)
def test_words_become_a_layout_and_a_prompt(sources, text, prompt, count):
    layout, words = sources.LayoutFromText.execute(text, "auto", 0, 0, "").result
    assert words == prompt and len(layout.entities) == count


def test_the_example_in_the_widget_is_read(sources):
    layout, prompt = sources.LayoutFromText.execute(sources.PROMPT_EXAMPLE, "auto", 0, 0, "").result
    assert prompt == "a red ball beside a blue cube" and len(layout.entities) == 2


TWO_PLACES = (
    '{"entities": [{"text": "x", "box": [0, 0, 0.5, 1]}, {"text": "y", "box": [0.5, 0, 1, 1]}]}'
)


@pytest.mark.parametrize("form", ["auto", "phrases"])
@pytest.mark.parametrize("text", ["sun; comet", " sun ;comet; ", "sun\ncomet\n"], ids=repr)
def test_phrases_name_wired_boxes_in_their_order(sources, text, form):
    layout, prompt = sources.LayoutFromText.execute(
        text, form, 0, 0, "", json.loads(TWO_PLACES)
    ).result
    assert [(e.text, e.box.x0) for e in layout.entities] == [("sun", 0), ("comet", 0.5)]
    assert prompt == "sun, comet"


def test_phrases_and_boxes_must_be_as_many(sources, refusal):
    execute = sources.LayoutFromText.execute
    with pytest.raises(refusal, match="3 phrases for 2 boxes"):
        execute("sun; comet; moon", "auto", 0, 0, "", json.loads(TWO_PLACES))
    with pytest.raises(refusal, match=r"no boxes to name\. Wire boxes to 'boxes'"):
        execute("sun; comet", "auto", 0, 0, "")


def test_yolo_labels_take_their_names_from_the_node(sources):
    text = (SAMPLES / "yolo.txt").read_text(encoding="utf-8")
    layout, _ = sources.LayoutFromText.execute(text, "YOLO", 640, 480, "cat\ndog\nbird").result
    assert [entity.text for entity in layout.entities] == ["cat", "bird", "dog"]
    assert (layout.width, layout.height) == (640, 480)


def test_layouts_merge_frame_by_frame(pack, layout):
    merge = pack("nodes.layout_edit").MergeLayouts
    moved = pack("gligen_core.layout").parse_sequence([LAYOUT, MOVED])
    merged = merge.execute(moved, json.dumps(MOVED))[0]
    assert [len(each.entities) for each in merged.layouts] == [3, 2]
    assert merge.execute(layout, layout, layout)[0].entities[:2] == layout.entities


def test_edits_reach_every_frame(pack):
    edits = pack("nodes.layout_edit")
    frames = pack("gligen_core.layout").parse_sequence([LAYOUT, MOVED])
    flipped = edits.FlipLayout.execute(frames, "horizontal")[0]
    assert [each.entities[0].box.x0 for each in flipped.layouts] == [0.75, 0]
    cropped = edits.CropLayout.execute(frames, 0.0, 0.0, 0.5, 1.0, 0.0)[0]
    assert [ids(each) for each in cropped.layouts] == [["a"], []]
    fitted = edits.FitLayout.execute(frames, 64, 64, "stretch")[0]
    assert [(each.width, each.height) for each in fitted.layouts] == [(64, 64)] * 2
    scaled = edits.ScaleLayout.execute(frames, 0.5, "each box")[0]
    assert scaled.layouts[0].entities[0].box.as_tuple() == (0.0625, 0.375, 0.1875, 0.625)
    largest = edits.SortLayout.execute(frames, "area", True, 1)[0]
    assert [ids(each) for each in largest.layouts] == [["b"], ["a"]]


def test_keyframes_become_frames(pack, layout):
    animate = pack("nodes.animate").AnimateLayout
    moved = pack("gligen_core.layout").parse_layout(MOVED)
    sequence, frames = animate.execute(
        layout, 3, "linear", "cut", "ids", "", keyframe_2=moved
    ).result
    assert frames == 3 == len(sequence.layouts)
    assert sequence.layouts[1].entities[0].box.as_tuple() == (0.375, 0.25, 0.625, 0.75)
    assert [ids(each) for each in sequence.layouts] == [["a", "b"], ["a", "b"], ["a"]]
    late = animate.execute(layout, 3, "linear", "cut", "ids", "0.5, 1", keyframe_2=moved).result[0]
    assert late.layouts[1] == layout


def test_keyframes_with_other_ids_are_matched_by_phrase(pack, layout):
    renamed = MOVED | {"entities": [MOVED["entities"][0] | {"id": "z"}]}
    sequence = pack("nodes.animate").AnimateLayout.execute(
        layout, 3, "linear", "cut", "phrases and overlap", "", keyframe_2=json.dumps(renamed)
    )[0]
    assert ids(sequence.layouts[-1]) == ["a"]


@pytest.mark.parametrize("times, says", [("0, x", "expected numbers"), ("0", "1 times for 2")])
def test_times_that_make_no_sense_are_refused(pack, layout, refusal, times, says):
    node = pack("nodes.animate").AnimateLayout
    with pytest.raises(refusal, match=says):
        node.execute(layout, 3, "linear", "cut", "ids", times, keyframe_2=layout)


def test_masks_of_boxes(pack, layout):
    masks, union = pack("nodes.layout_export").LayoutToMasks.execute(layout, 0, 0).result
    assert masks.shape == (2, 64, 128) and union.shape == (1, 64, 128)
    assert masks[0].sum() == 32 * 32 and masks[0, 16, 0] == 1 and masks[0, 15, 0] == 0
    assert torch.equal(union[0], masks.amax(dim=0))
    empty = pack("gligen_core.layout").Layout()
    masks, union = pack("nodes.layout_export").LayoutToMasks.execute(empty, 16, 8).result
    assert masks.shape == union.shape == (1, 8, 16) and masks.sum() == 0


def test_boxes_for_other_nodes_are_read_back(pack, sources, layout):
    out = pack("nodes.layout_export").LayoutToBoxes.execute(layout, "xywh").result
    boxes, bbox, segs, tracking, poses, coordinates = out
    size = {"width": 128, "height": 64}
    wanted = [entity.box for entity in layout.entities]
    for data in (boxes, segs, tracking):
        found = from_boxes(sources, data, **size)
        assert [(e.text, e.box) for e in found.entities] == [
            (e.text, e.box) for e in layout.entities
        ]
    bare = from_boxes(sources, bbox, order="xywh", **size)
    assert [entity.box for entity in bare.entities] == wanted
    assert poses[0]["people"] == [] and json.loads(coordinates)[0] == [{"x": 16, "y": 32}]


def export(pack, layout, name, prefix=""):
    return pack("nodes.layout_export").ExportLayout.execute(layout, name, prefix).result


def test_every_export_is_read_back_as_text(pack, sources, layout):
    formats = pack("nodes.layout_export").FORMATS
    with_boxes = set(formats) - {"OpenPose", "coordinates", "BBOX xyxy", "BBOX xywh"}
    for name in with_boxes:
        text, names = export(pack, layout, name)
        form = "YOLO" if name == "YOLO" else "auto"
        found, _ = sources.LayoutFromText.execute(text, form, 128, 64, names).result
        for entity, wanted in zip(found.entities, layout.entities, strict=True):
            assert entity.text == wanted.text, name
            assert entity.box.as_tuple() == pytest.approx(wanted.box.as_tuple(), abs=1e-3), name


@pytest.mark.parametrize("order", ["xyxy", "xywh"])
def test_exported_bare_boxes_are_read_back_in_their_order(pack, sources, layout, order):
    text, names = export(pack, layout, f"BBOX {order}")
    size = {"width": 128, "height": 64, "order": order, "phrases": names}
    found = from_boxes(sources, text, **size)
    assert [(e.text, e.box) for e in found.entities] == [(e.text, e.box) for e in layout.entities]


def test_files_are_numbered_and_stay_in_the_output_folder(pack, host, layout, refusal):
    folder = Path(host("folder_paths").get_output_directory())
    before = set(folder.rglob("*"))
    export(pack, layout, "layout JSON", "layouts/scene")
    export(pack, layout, "layout JSON", "layouts/scene")
    written = {file for file in set(folder.rglob("*")) - before if file.is_file()}
    assert len(written) == 2
    for file in written:
        assert pack("gligen_core.layout").parse_layout(file.read_bytes()) == layout
    with pytest.raises(refusal, match=r"leads out of the (output )?folder"):
        export(pack, layout, "layout JSON", "../../elsewhere")


def test_a_drawing_is_sized_to_the_picture_and_drawn_for_each_frame(pack, layout):
    node = pack("nodes.preview").PreviewLayout
    assert node.execute(layout)[0].shape == (1, 512, 1024, 3)  # 128 x 64, enlarged eightfold
    image = torch.rand(3, 600, 700, 3)
    drawn = node.execute(layout, image)[0]
    assert drawn.shape == image.shape and not torch.allclose(drawn, image, atol=0.1)
    frames = pack("gligen_core.layout").parse_sequence([LAYOUT, MOVED])
    assert len(node.execute(frames, image[:1])[0]) == 2


def score(pack, layout, found, **kwargs):
    return pack("nodes.evaluate").ScoreLayout.execute(layout, found, **kwargs).result


def test_a_layout_scores_fully_against_itself(pack, layout):
    mean_iou, success, ap, text, overlay = score(pack, layout, layout)
    assert (mean_iou, success) == (1, 1) and ap == pytest.approx(1)
    assert [e["iou"] for e in json.loads(text)["frames"][0]] == [1, 1]
    assert overlay.shape == (1, 512, 1024, 3)


def test_detections_of_any_kind_are_scored(pack, layout):
    boxes = [{"x": 0, "y": 16, "width": 32, "height": 32, "label": "circle"}]
    for found in (boxes, json.dumps(boxes)):
        mean_iou, success, *_ = score(pack, layout, found)
        assert (mean_iou, success) == (0.5, 0.5)


def test_one_layout_is_scored_against_a_whole_batch(pack, layout):
    frames = pack("gligen_core.layout").parse_sequence([LAYOUT, MOVED])
    _, success, _, text, overlay = score(pack, layout, frames, image=torch.rand(2, 64, 128, 3))
    assert success == 0.5 and len(json.loads(text)["frames"]) == 2 == len(overlay)


def test_shapes_of_the_demo_are_found_and_scored(pack, layout):
    image = torch.full((1, 64, 128, 3), 0.95)
    image[0, 16:48, 0:32] = torch.tensor((0.86, 0.12, 0.14))
    image[0, 16:64, 64:128] = torch.tensor((0.12, 0.32, 0.88))
    found = pack("nodes.evaluate").FindShapes.execute(image)[0]
    assert {entity.text for entity in found.entities} == {"red", "blue"}
    mean_iou, success, *_ = score(pack, layout, found, image=image)
    assert success == 1 and mean_iou == pytest.approx(1, abs=0.05)


def next_try(pack, success, goal=1.0):
    node = pack("nodes.evaluate").NextTry
    return node.execute(success, 7, 0.3, 1.0, goal, 0.3, 0.2)


def test_the_next_try_is_the_last_where_the_goal_is_reached(pack):
    seed, gate, strength, on, done = next_try(pack, 1.0).result
    assert (seed, strength, on, done) == (7, 1.0, 0.3, True)
    assert gate == pack("gligen_core.gate.schedule").GateSchedule.phases(0.3, 0.0, 0.7)


def test_the_next_try_opens_the_gate_by_as_much_as_was_missed(pack):
    half, nothing = next_try(pack, 0.5).result, next_try(pack, 0.0).result
    assert 1.0 < half[2] < nothing[2] and 0.3 < half[3] < nothing[3]
    assert half[0] != 7 and not half[4]
    told = json.loads(next_try(pack, 0.5).ui.as_dict()["text"][0])
    assert told == {"seed": half[0], "on": half[3], "strength": half[2], "done": False}


@pytest.mark.parametrize(
    "node, wrong",
    [
        ("layout_import.LayoutFromBoxes", {"order": "zyx"}),
        ("layout_import.LayoutFromBoxes", {"units": "inches"}),
        ("layout_import.LayoutFromPoses", {"people": "dogs"}),
        ("layout_import.LayoutFromText", {"form": "verse"}),
        ("layout_import.LayoutFromText", {"order": "zyx"}),
        ("layout_edit.FlipLayout", {"axis": "diagonal"}),
        ("layout_edit.FitLayout", {"how": "somehow"}),
        ("layout_edit.ScaleLayout", {"about": "nothing"}),
        ("layout_edit.SortLayout", {"by": "taste"}),
        ("layout_edit.CropLayout", {"x0": 1.0, "y0": 0.0, "x1": 0.0, "y1": 1.0}),
        ("animate.AnimateLayout", {"easing": "bounce"}),
        ("animate.AnimateLayout", {"times": "soon"}),
        ("layout_export.ExportLayout", {"format": "SVG"}),
        ("layout_export.LayoutToBoxes", {"order": "yxyx"}),
        ("evaluate.ScoreLayout", {"order": "zyx"}),
    ],
)
def test_choices_are_checked_before_anything_runs(pack, node, wrong):
    module, name = node.split(".")
    answer = getattr(pack(f"nodes.{module}"), name).validate_inputs(**wrong)
    assert isinstance(answer, str)
