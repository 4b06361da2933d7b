"""Samples in the shape of real ones, and each trap of their formats by name."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from readers import frames, read

from gligen_core.errors import GligenError
from gligen_core.formats import (
    UNTOLD,
    Canvas,
    Context,
    bbox,
    bounding_box,
    coco,
    css,
    elements,
    florence2,
    gligen_gui,
    inline,
    lmd,
    masks,
    openpose,
    parse_anything,
    segs,
    splines,
    stock,
    tracking,
    yolo,
)
from gligen_core.formats.values import kept_field
from gligen_core.layout import Layout, LayoutSequence
from gligen_core.skeletons import COCO_JOINTS

SAMPLES = Path(__file__).parents[2] / "fixtures" / "formats"
PICTURE = Canvas(640, 400)
SQUARE = Canvas(512, 512)


def sample(name):
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else text


def places(layout, canvas=None):
    """[(phrase, whole pixels)]"""
    width, height = (canvas or layout).width, (canvas or layout).height
    return [
        (entity.text, tuple(round(v) for v in entity.box.pixels(width, height)))
        for entity in layout.entities
    ]


def prompt_of(text):
    return inline.read_prompt(text, Context(source="prompt"))


def boxes_of(mask, **how):
    return masks.parse(mask, Context(), **how)


def seen(pose):
    return [number for number, joint in enumerate(pose.joints) if joint.visible > 0]


# COCO


def test_coco_asks_which_of_several_pictures():
    with pytest.raises(GligenError, match=r"2 images .*000000000139.jpg.* Say which"):
        read(coco, sample("coco_instances.json"))


@pytest.mark.parametrize("image", ["000000000139.jpg", 139])
def test_coco_boxes_are_corner_and_size_and_categories_are_phrases(image):
    layout = read(coco, sample("coco_instances.json"), picture=image)
    assert (layout.width, layout.height) == (640, 426)
    assert places(layout) == [("potted plant", (237, 143, 262, 212)), ("tv", (7, 168, 156, 263))]


def test_coco_crowds_are_no_things():
    layout = read(coco, sample("coco_instances.json"), picture=139)
    assert len(layout.entities) == 2  # the third annotation has iscrowd 1


@pytest.mark.parametrize("people, counts", [("boxes", (1, 0)), ("poses", (0, 1)), ("both", (1, 1))])
def test_coco_people_become_boxes_poses_or_both(people, counts):
    layout = read(coco, sample("coco_person.json"), people=people)
    assert (len(layout.entities), len(layout.poses)) == counts


def test_coco_visibility_0_is_missing_and_1_is_hidden():
    (pose,) = read(coco, sample("coco_person.json")).poses
    assert seen(pose) == [0, 1, 5, 6]
    assert pose.joints[0] == (0.5, 0.2, 1.0)
    assert pose.joints[1].visible == 0.5


def test_an_openpose_body_given_as_cocos_is_named():
    data = sample("coco_person.json")
    data["annotations"][0]["keypoints"] = [1, 2, 2] * 18
    with pytest.raises(GligenError, match=r"annotation 1: .* expected 51 numbers.*OpenPose body"):
        read(coco, data)


# YOLO


def test_yolo_boxes_are_centre_and_size_in_fractions():
    layout = read(yolo, sample("yolo.txt"), SQUARE, class_names=("cat", "dog", "bird"))
    assert layout.entities[0].text == "cat"
    assert layout.entities[0].box.as_tuple() == pytest.approx((0.3, 0.4, 0.7, 0.6))


def test_yolo_predictions_have_a_confidence_and_outlines_a_box():
    layout = read(yolo, sample("yolo.txt"), class_names=("cat", "dog", "bird"))
    assert layout.entities[1].score == 0.87
    assert layout.entities[2].box.as_tuple() == (0.1, 0.1, 0.3, 0.4)


def test_yolo_class_beyond_the_names_is_refused():
    with pytest.raises(GligenError, match=r"line 2: class 2, but 2 class names"):
        read(yolo, sample("yolo.txt"), class_names=("cat", "dog"))


# OpenPose


def test_dwpose_order_becomes_cocos():
    (layout,) = frames(openpose, sample("dwpose.json")).layouts
    (pose,) = layout.poses  # the second person has no body
    pixels = [(round(j.x * 512), round(j.y * 512)) for j in pose.joints]
    assert pixels[:5] == [
        (256, 100),
        (264, 90),
        (248, 90),
        (274, 95),
        (238, 95),
    ]  # nose, eyes, ears
    assert pixels[5:7] == [(296, 160), (216, 160)]  # left shoulder, right shoulder
    assert pixels[15] == (284, 470)  # left ankle
    assert pose.joints[16] == (0, 0, 0)  # the right ankle is missing


def test_sdpose_scores_are_real_and_minus_one_is_missing():
    first, second = frames(openpose, sample("sdpose.json")).layouts
    (pose,) = first.poses
    assert pose.joints[16] == (0, 0, 0)  # right ankle, -1 -1 -1
    assert pose.joints[14] == (0, 0, 0)  # right knee, scored 0.12
    assert pose.joints[0].visible == 0.87
    assert second.poses == ()
    (lenient,) = frames(openpose, sample("sdpose.json"), threshold=0.1).layouts[0].poses
    assert lenient.joints[14].visible == 0.12


def test_a_bare_frame_and_fractions_are_understood():
    pixels, fractions = sample("dwpose.json"), sample("openpose_normalised.json")
    assert isinstance(fractions, dict)
    (one,), (other,) = (frames(openpose, each).layouts[0].poses for each in (pixels, fractions))
    for joint, same in zip(one.joints, other.joints, strict=True):
        assert tuple(joint) == pytest.approx(tuple(same))


OPENPOSE = (  # in OpenPose's words and order; r, l: the person's own right and left
    "nose neck r-shoulder r-elbow r-wrist l-shoulder l-elbow l-wrist r-hip r-knee r-ankle "
    "l-hip l-knee l-ankle r-eye l-eye r-ear l-ear"
).split()


def test_every_joint_of_openpose_but_the_neck_has_its_name_in_cocos_order():
    points = [number for index in range(18) for number in (index, 100, 1)]
    (pose,) = frames(openpose, {"people": [{"pose_keypoints_2d": points}]}, SQUARE).layouts[0].poses
    sides = {"r": "right", "l": "left"}
    names = [
        "_".join(sides.get(part, part) for part in OPENPOSE[round(joint.x * 512)].split("-"))
        for joint in pose.joints
    ]
    assert names == [name.replace(" ", "_") for name in COCO_JOINTS]


@pytest.mark.parametrize("part", ["face", "hand_left", "hand_right", "foot"])
def test_faces_hands_and_feet_change_nothing(part):
    (frame,) = sample("dwpose.json")
    person = frame["people"][0] | {f"{part}_keypoints_2d": [9, 9, 1] * 6}
    (found,) = frames(openpose, {**frame, "people": [person]}).layouts
    assert found == frames(openpose, sample("dwpose.json")).layouts[0]


@pytest.mark.parametrize("form", [lambda value: value, json.dumps])
def test_the_pose_that_an_editor_keeps_in_its_node_is_read(form):
    saved = frames(openpose, form(sample("openpose_editor.json")))
    assert saved == frames(openpose, sample("dwpose.json"))
    assert parse_anything(form(sample("openpose_editor.json"))) == saved.layouts[0]


def test_a_point_of_the_editor_that_is_none_is_named():
    saved = sample("openpose_editor.json")
    saved["keypoints"][0][3] = [1, 2, 3]
    with pytest.raises(GligenError, match=r"frame 1, person 1: \[1, 2, 3\] is no point \[x, y\]"):
        frames(openpose, saved)


def test_cocos_own_17_joints_are_not_taken_for_openposes():
    flat = {"people": [{"pose_keypoints_2d": [1, 2, 1] * 17}]}
    with pytest.raises(GligenError, match=r"person 1: .* has 51 items; expected 54 numbers"):
        frames(openpose, flat)


def test_people_without_any_part_are_passed_over():
    frame = {"people": [{"pose_keypoints_2d": None}, {}, {"pose_keypoints_2d": [0] * 54}]}
    assert frames(openpose, frame).layouts[0].poses == ()


def test_pixels_without_a_canvas_are_asked_for_one():
    frame = sample("dwpose.json")[0]
    del frame["canvas_width"], frame["canvas_height"]
    with pytest.raises(GligenError, match=r"frame 1: points in pixels without 'canvas_width'"):
        frames(openpose, [frame])
    assert frames(openpose, [frame], SQUARE) == frames(openpose, sample("dwpose.json"))


def test_animals_are_refused_by_name():
    with pytest.raises(GligenError, match=r"animal keypoints \('ap10k'\)"):
        frames(openpose, sample("ap10k.json"))


def test_nested_triples_are_refused_with_the_flat_form():
    frame = {"people": [{"pose_keypoints_2d": [[1, 2, 1]] * 17}]}
    with pytest.raises(GligenError, match=r"person 1: .* has 17 items; expected 54 numbers"):
        frames(openpose, frame)


def test_body_25_is_read_too():
    points = [number for index in range(25) for number in (index, 100, 1)]
    (pose,) = frames(openpose, {"people": [{"pose_keypoints_2d": points}]}, SQUARE).layouts[0].poses
    indices = [round(joint.x * 512) for joint in pose.joints]
    assert indices == [0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11]


# Florence-2


def test_florence_phrases_ground_boxes():
    (layout,) = frames(florence2, sample("florence2_phrase_grounding.json"), PICTURE).layouts
    assert places(layout) == [
        ("a green car", (34, 160, 597, 372)),
        ("a door", (455, 96, 581, 262)),
    ]


def test_florence_answers_for_each_picture_of_a_batch():
    (answer,) = sample("florence2_phrase_grounding.json")
    first, second = frames(florence2, [answer, {"bboxes": [], "labels": []}], PICTURE).layouts
    assert (len(first.entities), len(second.entities)) == (2, 0)


def test_florence_regions_have_no_labels_and_y_may_be_upside_down():
    (layout,) = frames(florence2, sample("florence2_region_proposal.json"), PICTURE).layouts
    assert places(layout) == [("", (34, 160, 597, 372)), ("", (455, 96, 581, 262))]


def test_florence_reads_letters_in_slanted_boxes():
    (layout,) = frames(florence2, sample("florence2_ocr.json"), PICTURE).layouts
    assert places(layout) == [("CUDA", (167, 50, 376, 114))]


# BOUNDING_BOX


def test_a_list_for_each_frame_is_the_hosts_form_and_an_empty_list_a_frame_without_any():
    first, second = frames(bounding_box, sample("bounding_box_frames.json"), SQUARE).layouts
    assert [text for text, _ in places(first)] == ["dog", "a red shop sign"]
    assert second.entities == ()


@pytest.mark.parametrize("name", ["bounding_box_flat.json", "bounding_box_one.json"])
@pytest.mark.parametrize("form", [lambda value: value, json.dumps])
def test_one_box_a_flat_list_and_json_are_one_picture(name, form):
    (layout,) = frames(bounding_box, form(sample(name)), SQUARE).layouts
    assert len(layout.entities) == 1


def test_scores_and_the_editors_metadata_ride_along():
    dog, sign = frames(bounding_box, sample("bounding_box_frames.json"), SQUARE).layouts[0].entities
    assert dog.score == 0.92
    assert kept_field(sign, "metadata")["text"] == "SALE"
    again = bounding_box.dump(frames(bounding_box, sample("bounding_box_frames.json"), SQUARE))
    assert again[0][1]["metadata"] == sample("bounding_box_frames.json")[0][1]["metadata"]


@pytest.mark.parametrize(
    "gone, phrase", [((), "a label"), (("label",), "a sign"), (("label", "desc"), "SALE")]
)
def test_a_box_is_called_by_its_label_else_its_description_else_its_lettering(gone, phrase):
    metadata = {"type": "text", "text": "SALE", "desc": "a sign"}
    kept_metadata = {name: value for name, value in metadata.items() if name not in gone}
    box = sample("bounding_box_one.json") | {"metadata": kept_metadata}
    if "label" not in gone:
        box["label"] = "a label"
    (entity,) = frames(bounding_box, box, SQUARE).layouts[0].entities
    assert entity.text == phrase


def test_boxes_that_lost_their_labels_have_them_on_the_elements():
    # The host's CreateBoundingBoxes gives labels on its second output only.
    (bare,) = frames(bounding_box, sample("bounding_box_one.json"), SQUARE).layouts[0].entities
    assert bare.text == ""
    assert all(entity.text for entity in read(elements, sample("elements.json")).entities)


def test_pixels_of_an_untold_picture_are_refused_but_fractions_and_thousandths_are_not():
    (sized,) = frames(openpose, sample("dwpose.json"), UNTOLD).layouts
    assert parse_anything(sample("dwpose.json"), UNTOLD) == sized
    assert len(parse_anything(sample("elements.json"), UNTOLD).entities) == 2
    assert parse_anything(sample("tracking.json"), UNTOLD).width == 512
    assert len(parse_anything('[{"label": "a", "box": [0, 0, 1, 1]}]', UNTOLD).entities) == 1
    for data in ("bounding_box_one.json", "florence2_phrase_grounding.json", "spline_two.json"):
        with pytest.raises(GligenError, match="pixels of a picture whose size is not known here"):
            parse_anything(sample(data), UNTOLD)
    with pytest.raises(GligenError, match="pixels of a picture whose size is not known here"):
        parse_anything([[0, 0, 9, 9]], UNTOLD, "xyxy")


def test_boxes_of_a_larger_picture_are_asked_for_its_size():
    with pytest.raises(GligenError, match=r"no area on the canvas of 512 x 512.*width and height"):
        frames(bounding_box, [{"x": 900, "y": 900, "width": 50, "height": 50}])


def test_one_box_off_the_picture_is_left_out_with_a_warning():
    warnings = []
    boxes = [*sample("bounding_box_flat.json"), {"x": 900, "y": 0, "width": 9, "height": 9}]
    (layout,) = frames(bounding_box, boxes, SQUARE, warnings=warnings).layouts
    assert len(layout.entities) == 1
    assert "box 2" in warnings[0] and "left out" in warnings[0]


# BBOX


def test_bare_tuples_are_never_guessed():
    with pytest.raises(GligenError, match=r"Set `order` to 'xyxy' or 'xywh'"):
        frames(bbox, [(64, 96, 192, 352)])


@pytest.mark.parametrize(
    "order, corners", [("xyxy", (64, 96, 192, 352)), ("xywh", (64, 96, 256, 448))]
)
@pytest.mark.parametrize(
    "form",
    [
        lambda box: box,
        lambda box: [box],
        lambda box: [[box]],
        lambda box: [list(map(float, box))],
        lambda box: np.array([box]),
        lambda box: torch.tensor([box]),
        lambda box: [tuple(np.int64(value) for value in box)],
        lambda box: json.dumps([box]),
    ],
    ids=["box", "list", "frames", "floats", "numpy", "torch", "numpy scalars", "json"],
)
def test_bare_boxes_come_in_many_forms(order, corners, form):
    (layout,) = frames(bbox, form((64, 96, 192, 352)), SQUARE, order=order).layouts
    assert places(layout) == [("", corners)]


def test_frames_of_bare_boxes_may_be_empty():
    first, second = frames(bbox, [[], [(0, 0, 9, 9)]], SQUARE, order="xyxy").layouts
    assert (len(first.entities), len(second.entities)) == (0, 1)


# SEGS


def test_segs_tell_their_canvas_rows_first():
    whole = segs.Seg(None, None, 0.75, (0, 0, 640, 400), (32, 100, 320, 300), "face")
    layout = read(segs, ((400, 640), [whole]))
    assert (layout.width, layout.height) == (640, 400)
    assert places(layout) == [("face", (32, 100, 320, 300))]
    assert layout.entities[0].score == 0.75


def test_written_segs_have_masks_of_their_crop():
    shape, (segment,) = segs.dump(
        read(segs, ((400, 640), [segs.Seg(*[None] * 2, 1.0, *[(8, 16, 24, 48)] * 2, "a")]))
    )
    assert shape == (400, 640)
    assert segment.cropped_mask.shape == (32, 16) and segment.cropped_mask.min() == 1


# TRACKING


def test_tracks_become_frames_and_keep_their_ids():
    sequence = frames(tracking, sample("tracking.json"), prompts=sample("tracking_prompts.txt"))
    first, second = sequence.layouts
    assert {entity.id: entity.text for entity in first.entities} == {
        "0.cat": "a black cat",
        "1.cat": "cat",  # no prompt: its class
    }
    assert [entity.id for entity in second.entities] == ["0.cat", "2.dog"]


def test_only_frame_numbers_can_say_that_a_thing_is_absent():
    again = tracking.dump(frames(tracking, sample("tracking.json")))
    assert isinstance(again["cat"]["0"], list)
    assert list(again["dog"]["2"]) == [1]


# coordinate strings


def test_single_quotes_and_a_flat_list_are_one_path():
    sequence = frames(
        splines, sample("spline_one.txt"), SQUARE, phrases=("a ball",), box_px=(128, 64)
    )
    assert [places(layout)[0][1] for layout in sequence.layouts] == [
        (36, 224, 164, 288),
        (136, 224, 264, 288),
        (236, 224, 364, 288),
    ]


def test_a_list_of_lists_or_of_strings_is_several_paths():
    value = sample("spline_two.json")
    for form in (value, [json.dumps(path) for path in value]):
        first, second = frames(splines, form, SQUARE, phrases=("a", "b")).layouts
        assert [text for text, _ in places(first)] == ["a", "b"]
        assert [text for text, _ in places(second)] == ["a"]  # the shorter path has ended


def test_the_editors_normalised_string_is_refused():
    points = [{"x": 0.1, "y": 0.9}, {"x": 0.5, "y": 0.4}]
    with pytest.raises(GligenError, match=r"between 0 and 1.*'coord_str'"):
        frames(splines, points, SQUARE)
    assert len(frames(splines, points, SQUARE, normalised=True).layouts) == 2


# elements


def test_elements_are_rows_first_and_in_thousandths():
    layout = read(elements, sample("elements.json"), PICTURE)
    assert layout.entities[0].box.as_tuple() == (0.1, 0.25, 0.4, 0.75)
    assert [entity.text for entity in layout.entities] == ["a red ball", "neon letters"]
    assert elements.dump(layout)[1]["text"] == "OPEN"


# answers of language models


def test_lmd_counts_pixels_of_512_and_words_the_whole_prompt():
    layout = read(lmd, sample("lmd.txt"))
    assert places(layout)[:2] == [
        ("a green car", (21, 281, 232, 440)),
        ("a dog's bowl", (269, 283, 478, 443)),
    ]
    assert layout.prompt == ("A realistic landscape scene with a green car, a dog's bowl, a bird")
    assert json.loads(dict(layout.extra)["negative_prompt"]) == "people"


def test_layoutgpt_counts_pixels_of_64_and_its_names_are_css():
    layout = read(css, sample("layoutgpt.txt"))
    assert places(layout) == [
        ("teddy bear", (5, 10, 35, 34)),
        ("dog", (0, 40, 16, 60)),
        ("dog", (40, 40, 56, 60)),
    ]


@pytest.mark.parametrize("name, count", [("lmd.txt", 3), ("layoutgpt.txt", 3), ("fenced.md", 2)])
def test_an_answer_is_told_by_its_form(name, count):
    layout = parse_anything(sample(name))
    assert isinstance(layout, Layout) and len(layout.entities) == count
    assert all(entity.text for entity in layout.entities)


def test_a_bare_bbox_in_an_answer_is_refused():
    with pytest.raises(GligenError, match=r"object 1: .*no box whose numbers are certain"):
        parse_anything('[{"label": "cat", "bbox": [0, 0, 10, 10]}]')


def test_an_answer_without_a_layout_says_what_is_expected():
    with pytest.raises(GligenError, match=r"no layout in 'I am sorry.'; expected JSON"):
        parse_anything("I am sorry.")


# prompts with places


def test_a_prompt_with_places_gives_the_clean_prompt_and_the_layout():
    prompt, layout = prompt_of(
        "a [red ball](0.1,0.2,0.5,0.9) beside a [blue cube]( 0.6, 0.2, 0.9, 0.8, 0.5), [sic]"
    )
    assert prompt == "a red ball beside a blue cube, [sic]" == layout.prompt
    assert [(e.text, e.box.as_tuple(), e.strength) for e in layout.entities] == [
        ("red ball", (0.1, 0.2, 0.5, 0.9), 1.0),
        ("blue cube", (0.6, 0.2, 0.9, 0.8), 0.5),
    ]
    assert prompt_of(inline.dump(layout)) == (prompt, layout)


@pytest.mark.parametrize(
    "text, says",
    [
        ("[a](0.1, 0.2)", r"\[a\]: \(0.1, 0.2\) are not four numbers"),
        ("[a](10, 20, 300, 400)", r"reaches beyond the canvas.*Are these pixels"),
        ("[ ](0, 0, 1, 1)", "hold no phrase"),
        ("[a](0, 0, 1, 1, -2)", "strength -2"),
        ("[a](0, 0, nan, 1)", "not four numbers"),
    ],
)
def test_a_broken_place_is_named_by_its_phrase(text, says):
    with pytest.raises(GligenError, match=says):
        prompt_of(text)


# gligen-gui


def test_a_session_gives_what_it_sampled_and_its_prompts():
    layout = read(gligen_gui, sample("gligen_gui_session.json"))
    assert (layout.width, layout.height) == (768, 512)  # kept as text
    assert places(layout) == [("a cat", (60, 100, 400, 450)), ("a dog", (420, 100, 740, 480))]
    assert layout.prompt == "a cat and a dog in a park"


# stock nodes


@pytest.mark.parametrize("kind", ["position", "position_batched"])
def test_stock_boxes_are_eighths_of_pixels_size_first_and_row_before_column(kind):
    feature = torch.zeros(1, 768)
    boxes = [(feature, 336 // 8, 208 // 8, 120 // 8, 40 // 8)]  # height, width, y, x
    layouts, features = stock.parse(
        (kind, None, boxes if kind == "position" else [boxes]), Context(SQUARE)
    )
    assert places(layouts) == [("", (40, 120, 248, 456))]
    assert features == ((feature,),)


# masks


def test_a_box_around_each_mask_or_each_part():
    mask = np.zeros((2, 40, 80), dtype=np.float32)
    mask[0, 10:20, 5:10] = mask[0, 30:35, 40:80] = 1
    assert places(boxes_of(mask)) == [("", (5, 10, 80, 35))]  # the empty one gives none
    assert places(boxes_of(torch.from_numpy(mask), separate=True)) == [
        ("", (40, 30, 80, 35)),
        ("", (5, 10, 10, 20)),
    ]
    assert places(boxes_of(mask, separate=True, smallest_px=60)) == [("", (40, 30, 80, 35))]


def test_the_union_of_masks_selects_what_any_selects():
    both = masks.dump(read(elements, sample("elements.json"), SQUARE))
    assert (masks.union(both)[0] == both.max(axis=0)).all() and len(both) == 2


# anything


@pytest.mark.parametrize(
    "name, count",
    [
        ("bounding_box_frames.json", 2),
        ("bounding_box_one.json", 1),
        ("elements.json", 2),
        ("florence2_phrase_grounding.json", 2),
        ("coco_person.json", 1),
        ("gligen_gui_session.json", 2),
        ("tracking.json", 2),
        ("spline_one.txt", 1),
        ("spline_two.json", 2),
    ],
)
@pytest.mark.parametrize("form", ["objects", "json"])
def test_formats_are_told_apart_by_their_shape(name, count, form):
    value = sample(name)
    if form == "json" and not isinstance(value, str):
        value = json.dumps(value)
    found = parse_anything(value, PICTURE)
    first = found.layouts[0] if isinstance(found, LayoutSequence) else found
    assert len(first.entities) == count


def test_no_boxes_are_an_empty_layout():
    assert parse_anything("[]", SQUARE) == SQUARE.layout()
    assert parse_anything([[], []], SQUARE) == LayoutSequence((SQUARE.layout(), SQUARE.layout()))


@pytest.mark.parametrize("value, says", [("", "empty"), ("a cat", "not JSON"), (7, "no boxes")])
def test_what_holds_no_boxes_is_refused(value, says):
    with pytest.raises(GligenError, match=says):
        parse_anything(value, SQUARE)
