"""The things themselves: tight boxes, and each told apart from every other."""

import itertools
import random

import numpy as np
import pytest

from gligen_core.demo.world.painting import item_map, joints, picture
from gligen_core.demo.world.paints import COLOURS
from gligen_core.demo.world.person import Posture, random_posture
from gligen_core.demo.world.scene import PERSON, WORLD, Item, Scene
from gligen_core.geometry import Box
from gligen_core.modalities.ade20k import CLASSES

BOX = Box(0.25, 0.125, 0.75, 0.875)


def item(name, colour="red", box=BOX, **options):
    return Item(name, colour if WORLD[name].coloured else "", box, **options)


def test_the_world_holds_what_a_child_names():
    for name in (
        *("circle", "square", "triangle", "diamond", "person", "sun", "cloud", "tree", "flower"),
        *("house", "car", "boat", "balloon", "umbrella", "apple", "cup", "chair", "lamp", "cat"),
        *("bird", "fish"),
    ):
        assert WORLD[name].name == name


@pytest.mark.parametrize("name", WORLD)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_thing_touches_all_sides_of_its_box(name, mirrored):
    shown = item_map(Scene((item(name, mirrored=mirrored),)), 256, 256) == 0
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    found = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    assert np.abs(np.array(found) - np.array(BOX.as_tuple()) * 256).max() <= 1.5


def test_no_two_things_look_alike():
    pictures = {
        name: np.asarray(picture(Scene((item(name),)), 64, 64), dtype=float) for name in WORLD
    }
    for one, other in itertools.combinations(WORLD, 2):
        assert np.abs(pictures[one] - pictures[other]).mean() > 4, (one, other)


@pytest.mark.parametrize("name", [name for name, thing in WORLD.items() if thing.coloured])
def test_a_thing_is_mostly_of_its_colour(name):
    for colour, rgb in COLOURS.items():
        scene = Scene((item(name, colour),))
        shown = item_map(scene, 128, 128) == 0
        inside = np.asarray(picture(scene, 128, 128))[shown] / 255
        share = (np.abs(inside - rgb).max(axis=1) < 0.1).mean()
        assert share > (0.15 if name == PERSON else 0.25), (name, colour)


def test_classes_are_those_of_ade20k():
    known = {row.name for row in CLASSES}
    assert {thing.ade for thing in WORLD.values() if thing.ade} <= known
    assert WORLD["car"].ade == "car" and WORLD["circle"].ade is None


def test_every_joint_of_a_person_lies_on_the_person():
    chance = random.Random(5)
    for _ in range(20):
        someone = item(PERSON, posture=random_posture(chance.uniform))
        shown = item_map(Scene((someone,)), 256, 256) == 0
        places = (joints(someone) * 256).astype(int)
        assert places.shape == (17, 2)
        for x, y in places:
            assert shown[y - 2 : y + 3, x - 2 : x + 3].any()


def test_a_person_faces_the_viewer_and_stands_on_two_feet():
    places = joints(item(PERSON, posture=Posture()))
    assert places[5, 0] > places[6, 0], "the left shoulder is on the picture's right"
    assert places[0, 1] < places[5, 1] < places[11, 1] < places[13, 1] < places[15, 1]


def test_things_without_a_posture_have_no_joints():
    assert joints(item("cat")) is None
