"""Keyframes become frames; detections keep their ids through them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, LayoutSequence, Pose
from gligen_core.layout.animate import CURVES, EASINGS, Keyframe, animate, evenly
from gligen_core.layout.matching import MAX_TRACKED, match_ids
from gligen_core.skeletons import JOINT_COUNT, Joint

LEFT, RIGHT = Box(0.0, 0.25, 0.25, 0.75), Box(0.75, 0.25, 1.0, 0.75)


def layout(*things):
    return Layout(tuple(Entity(id_, box, id_, strength=1.0) for id_, box in things))


def moved(box, by):
    return Box(box.x0 + by, box.y0, box.x1 + by, box.y1)


@pytest.mark.parametrize("easing", EASINGS)
@given(st.integers(2, 40))
def test_first_and_last_frame_are_the_keyframes(easing, frames):
    keys = evenly([layout(("a", LEFT)), layout(("a", RIGHT))])
    sequence = animate(keys, frames, easing)
    assert len(sequence.layouts) == frames
    assert sequence.layouts[0] == keys[0].layout and sequence.layouts[-1] == keys[1].layout


@pytest.mark.parametrize("easing", EASINGS)
def test_curves_begin_at_0_and_never_turn_back(easing):
    ways = [CURVES[easing](n / 20) for n in range(21)]
    assert ways[0] == 0 and ways == sorted(ways) and max(ways) <= 1


def test_boxes_move_evenly_or_eased():
    keys = evenly([layout(("a", LEFT)), layout(("a", RIGHT))])
    assert [f.entities[0].box.x0 for f in animate(keys, 4).layouts] == pytest.approx(
        [0, 0.25, 0.5, 0.75]
    )
    first = {easing: animate(keys, 4, easing).layouts[1].entities[0].box.x0 for easing in EASINGS}
    assert first["hold"] == 0 < first["ease in"] < first["linear"] < first["ease out"]


def test_a_thing_is_there_until_the_keyframe_that_lacks_it_and_from_the_one_that_has_it():
    keys = evenly([layout(("a", LEFT)), layout(("b", RIGHT))])
    ids = [[entity.id for entity in frame.entities] for frame in animate(keys, 5).layouts]
    assert ids == [["a"], ["a"], ["a"], ["a"], ["b"]]


def test_fading_lets_strengths_fall_and_rise():
    keys = evenly([layout(("a", LEFT)), layout(("b", RIGHT))])
    frames = animate(keys, 5, change="fade").layouts
    strengths = [{entity.id: entity.strength for entity in frame.entities} for frame in frames]
    assert strengths == [
        {"a": 1},
        {"a": 0.75, "b": 0.25},
        {"a": 0.5, "b": 0.5},
        {"a": 0.25, "b": 0.75},
        {"b": 1},
    ]


def test_keyframes_hold_before_the_first_and_after_the_last():
    keys = [Keyframe(0.5, layout(("a", LEFT))), Keyframe(0.75, layout(("a", RIGHT)))]
    frames = animate(keys, 5).layouts
    assert [frame.entities[0].box for frame in frames] == [LEFT, LEFT, LEFT, RIGHT, RIGHT]


def test_joints_that_either_end_lacks_are_missing_on_the_way():
    here, gone = Joint(0.0, 0.5, 1.0), Joint(0.0, 0.0, 0.0)
    one = Layout(poses=(Pose("p", (here,) * JOINT_COUNT),))
    other = Layout(poses=(Pose("p", (here._replace(x=1.0),) * (JOINT_COUNT - 1) + (gone,)),))
    middle = animate(evenly([one, other]), 3).layouts[1].poses[0].joints
    assert middle[0] == (0.5, 0.5, 1) and middle[-1] == gone


@pytest.mark.parametrize(
    "keys, frames, says",
    [
        ([], 3, "no keyframes"),
        ([Keyframe(0, Layout()), Keyframe(0, Layout())], 3, "two keyframes at 0"),
        ([Keyframe(1.5, Layout())], 3, "keyframes at 1.5"),
        ([Keyframe(float("nan"), Layout())], 3, "keyframes at nan"),
        ([Keyframe(0, Layout())], 0, "0 frames"),
        ([Keyframe(0, Layout())], 10**9, "frames; expected 1 to 10,000"),
    ],
)
def test_keyframes_that_make_no_sense_are_refused(keys, frames, says):
    with pytest.raises(GligenError, match=says):
        animate(keys, frames)


def labelled(*things):
    """Entities as a detector gives them: ids by position, in every frame anew."""
    return Layout(tuple(Entity(f"e{n}", box, text) for n, (text, box) in enumerate(things, 1)))


def test_a_thing_keeps_its_id_though_the_detector_changes_the_order():
    sequence = LayoutSequence(
        (
            labelled(("cat", LEFT), ("cat", RIGHT)),
            labelled(("cat", moved(RIGHT, -0.05)), ("cat", moved(LEFT, 0.05))),
        )
    )
    first, second = match_ids(sequence).layouts
    assert [entity.id for entity in first.entities] == ["e1", "e2"]
    assert [entity.id for entity in second.entities] == ["e2", "e1"]


def test_the_only_one_of_its_phrase_is_known_wherever_it_goes():
    sequence = LayoutSequence((labelled(("dog", LEFT)), labelled(("cat", LEFT), ("dog", RIGHT))))
    second = match_ids(sequence).layouts[1]
    assert {entity.text: entity.id for entity in second.entities} == {"cat": "e2", "dog": "e1"}


def test_a_thing_comes_back_within_patience_only():
    def seen_again_after(frames):
        gap = (labelled(),) * frames
        cats = labelled(("cat", LEFT))
        return match_ids(LayoutSequence((cats, *gap, cats)), patience=2).layouts[-1].entities[0].id

    assert seen_again_after(2) == "e1"
    assert seen_again_after(3) != "e1"


def test_things_of_other_phrases_are_never_the_same():
    sequence = LayoutSequence((labelled(("cat", LEFT)), labelled(("dog", LEFT))))
    one, other = (frame.entities[0].id for frame in match_ids(sequence).layouts)
    assert one != other


def test_poses_are_followed_too():
    def at(x):
        joints = (Joint(x, 0.2), Joint(x + 0.2, 0.8), *(Joint(0, 0, 0),) * (JOINT_COUNT - 2))
        return Pose("p1", joints)

    first = Layout(poses=(at(0.1), replace(at(0.6), id="p2")))
    second = Layout(poses=(at(0.61), replace(at(0.11), id="p2")))
    ids = [
        [pose.id for pose in each.poses]
        for each in match_ids(LayoutSequence((first, second))).layouts
    ]
    assert ids == [["p1", "p2"], ["p2", "p1"]]


def test_more_things_than_can_be_followed_are_refused():
    crowd = labelled(*[("x", LEFT)] * (MAX_TRACKED + 1))
    with pytest.raises(GligenError, match=r"1,001 things in one frame; at most 1,000"):
        match_ids(LayoutSequence((crowd,)))


def test_a_sequence_joins_frame_by_frame():
    frames = LayoutSequence((layout(("a", LEFT)), layout(("a", RIGHT))))
    joined = frames.joined(layout(("b", LEFT)))
    assert [[e.id for e in each.entities] for each in joined.layouts] == [["a", "b"], ["a", "b"]]
    longer = frames.joined(LayoutSequence((layout(("c", LEFT)),) * 3))
    assert [each.entities[0].box for each in longer.layouts] == [LEFT, RIGHT, RIGHT]
