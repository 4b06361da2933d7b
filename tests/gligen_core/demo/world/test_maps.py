"""Maps agree with the picture that they belong to."""

import random

import numpy as np
import pytest

from gligen_core.demo.world import maps
from gligen_core.demo.world.excerpts import background_mask, box_mask, crop, free_form_mask
from gligen_core.demo.world.painting import item_map, picture
from gligen_core.demo.world.scene import Item, Scene
from gligen_core.geometry import Box

SIDE = 96
BEHIND = Item("square", "red", Box(0.125, 0.125, 0.625, 0.625))
FRONT = Item("circle", "blue", Box(0.375, 0.375, 0.875, 0.875))
SCENE = Scene((BEHIND, FRONT), "meadow")


def test_depth_follows_the_painters_order():
    deep = maps.depth(SCENE, SIDE, SIDE)
    shown = item_map(SCENE, SIDE, SIDE)
    assert deep[shown == 1].min() > deep[shown == 0].max() > deep[shown == -1].max()
    assert deep.min() == 0 and deep.max() == 1


def test_normals_are_unit_vectors_that_lean_outwards():
    normal = maps.normals(SCENE, SIDE, SIDE)
    assert np.allclose(np.linalg.norm(normal, axis=-1), 1)
    middle = 60  # of the circle, both ways
    left, right, top, bottom = (
        normal[middle, 40], normal[middle, 80], normal[40, middle], normal[80, middle]
    )  # fmt: skip
    assert left[0] < -0.3 and right[0] > 0.3
    assert top[1] > 0.3 and bottom[1] < -0.3
    assert normal[middle, middle, 2] > 0.9 and (normal[0, 0] == (0, 0, 1)).all()


def test_classes_are_ade20ks():
    car = Item("car", "red", Box(0.3, 0.3, 0.7, 0.6))
    numbers = maps.classes(Scene((car, FRONT), "meadow"), SIDE, SIDE)
    assert numbers[0, 0] == maps.CLASS_NUMBERS["sky"]
    assert numbers[-1, 0] == maps.CLASS_NUMBERS["grass"]
    assert numbers[45, 45] == 0, "a circle has no class"
    assert (numbers == maps.CLASS_NUMBERS["car"]).any()
    assert not maps.classes(Scene((), "plain"), 8, 8).any()


@pytest.mark.parametrize("edges", [maps.canny, maps.soft_edges])
def test_edges_lie_at_outlines_and_nowhere_else(edges):
    found = edges(Scene((BEHIND,), "plain"), SIDE, SIDE) > 0.2
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    inside[12:60, 12:60] = True
    rim = np.zeros_like(inside)
    rim[8:64, 8:64] = True
    rim[16:56, 16:56] = False
    assert not found[~rim].any()
    assert all(found[8:16, n].any() and found[56:64, n].any() for n in range(17, 55))


def test_canny_is_thin_and_soft_edges_are_not():
    thin = maps.canny(SCENE, SIDE, SIDE).mean()
    thick = (maps.soft_edges(SCENE, SIDE, SIDE) > 0.2).mean()
    assert 0 < thin < 0.6 * thick


def test_a_crop_shows_its_item():
    image = picture(Scene((FRONT,)), SIDE, SIDE)
    small = np.asarray(crop(image, FRONT.box, 32))
    assert small.shape == (32, 32, 3)
    assert small[16, 16, 2] > 200 > 100 > small[16, 16, 0]


def test_masks():
    inside = box_mask(BEHIND.box, SIDE, SIDE)
    assert inside[12, 12] and inside[59, 59] and not inside[11, 30] and not inside[60, 30]
    behind = background_mask(SCENE, SIDE, SIDE)
    assert behind[0, 0] and not behind[45, 45]
    drawn = [free_form_mask(random.Random(n), 64, 96) for n in range(20)]
    assert all(mask.shape == (64, 96) and 0.01 < mask.mean() < 0.9 for mask in drawn)
    assert (free_form_mask(random.Random(1), 64, 96) == drawn[1]).all()
