"""Poses: drawn, wired and appended people on their way into a layout."""

import json

import pytest
import torch

STANDING = [[0.5, 0.1 + 0.05 * number, 1] for number in range(17)]


def text(*people, **fields):
    poses = [{"id": f"p{n}", "joints": joints} for n, joints in enumerate(people, 1)]
    return json.dumps({"version": 1, "poses": poses, **fields})


def detected(people, width=200, height=100):
    """POSE_KEYPOINT: one frame with people whose 18 joints all stand at one pixel."""
    flat = [list(place) * 18 for place in people]
    return {
        "people": [{"pose_keypoints_2d": points} for points in flat],
        "canvas_width": width,
        "canvas_height": height,
    }


@pytest.fixture
def poses(pack):
    return pack("nodes.poses")


def test_drawn_people_are_in_the_layout_with_its_canvas(poses):
    layout = poses.Poses.execute(text(STANDING, width=768, height=512))[0]
    assert (layout.width, layout.height) == (768, 512)
    assert [list(joint) for joint in layout.poses[0].joints] == STANDING


def test_the_example_in_the_widget_is_an_empty_canvas(poses):
    assert poses.Poses.validate_inputs(poses.EXAMPLE) is True
    assert poses.Poses.execute(poses.EXAMPLE)[0].poses == ()


def test_joints_beyond_the_canvas_go_missing(poses):
    half_out = [[x - 0.6 if n % 2 else x, y, 1] for n, (x, y, _) in enumerate(STANDING)]
    (pose,) = poses.Poses.execute(text(half_out))[0].poses
    assert [tuple(joint) == (0, 0, 0) for joint in pose.joints] == [n % 2 == 1 for n in range(17)]


def test_people_are_appended_to_a_layout(poses, pack):
    box = pack("nodes.layout").LayoutBox.execute("a", 0, 0, 1, 1, 1.0)[0]
    first = poses.Poses.execute(text(STANDING), box)[0]
    both = poses.Poses.execute(text(STANDING, width=64), first)[0]
    assert len(both.entities) == 1 and len({pose.id for pose in both.poses}) == 2
    assert both.width == 512


def test_wired_people_stand_in_while_nobody_is_drawn(poses):
    found = [detected([(50, 50, 1.0)]), detected([(100, 50, 1.0), (150, 50, 1.0)])]
    sequence = poses.Poses.execute(poses.EXAMPLE, pose_keypoint=found)[0]
    assert [len(layout.poses) for layout in sequence.layouts] == [1, 2]
    assert tuple(sequence.layouts[0].poses[0].joints[0]) == (0.25, 0.5, 1)
    drawn = poses.Poses.execute(text(STANDING), pose_keypoint=found)[0]
    assert len(drawn.poses) == 1


def test_the_editor_is_sent_what_to_adopt_and_what_to_trace(poses):
    found, picture = detected([(50, 50, 1.0)]), torch.zeros(2, 8, 8, 3)
    shown = poses.Poses.execute(text(STANDING), None, found, picture).ui
    (people,) = shown["gligen_detections"]
    assert json.loads(people)["poses"][0]["joints"][0] == [0.25, 0.5, 1.0]
    assert len(shown["gligen_background"]) == 1


def test_eight_people_and_no_more(poses, pack):
    eight, nine = text(*[STANDING] * 8), text(*[STANDING] * 9)
    assert poses.Poses.validate_inputs(eight) is True
    assert "9 people; GLIGEN's keypoint model takes 8. Remove 1" in poses.Poses.validate_inputs(
        nine
    )
    layout = poses.Poses.execute(eight)[0]
    with pytest.raises(pack("gligen_core.errors").GligenError, match="16 people"):
        poses.Poses.execute(eight, layout)
    crowd = detected([(n + 1, 5, 1.0) for n in range(12)])
    with pytest.raises(pack("gligen_core.errors").GligenError, match=r"12 people.*adopt"):
        poses.Poses.execute(poses.EXAMPLE, pose_keypoint=crowd)


@pytest.mark.parametrize(
    "value, says",
    [
        ("a person", "not JSON"),
        (text(STANDING[:16]), "'joints' is 16 joints"),
        (text([*STANDING[:16], [0, 0]]), "joint 16 is"),
    ],
)
def test_broken_poses_are_refused_before_anything_runs(poses, value, says):
    answer = poses.Poses.validate_inputs(value)
    assert answer.startswith("GLIGEN Poses: ") and says in answer
    assert poses.Poses.validate_inputs(None) is True
