"""Random scenes and all that is known of them."""

import random

import numpy as np
import pytest

from gligen_core.demo.drawings import CANVASES, pictures, random_scenes
from gligen_core.demo.words import LENGTH, TOKENS, tokenize
from gligen_core.demo.world.backgrounds import BACKGROUNDS
from gligen_core.demo.world.painting import item_map, picture
from gligen_core.demo.world.random_scene import Choice, random_scene
from gligen_core.demo.world.scene import Item, Scene, caption, phrase, place_words
from gligen_core.geometry import Box

BOX = Box(0.1, 0.1, 0.5, 0.5)
ANY = Choice()


def scenes(count=60, aspect=1.0, choice=ANY, seed=0):
    chance = random.Random(seed)
    return [random_scene(chance, choice, aspect) for _ in range(count)]


def test_a_scene_depends_on_its_seed_alone():
    assert scenes(5) == scenes(5) != scenes(5, seed=1)
    one = np.asarray(picture(scenes(1)[0], 128, 128))
    assert (one == np.asarray(picture(scenes(1)[0], 128, 128))).all()


@pytest.mark.parametrize("aspect", [2 / 3, 1.0, 1.5])
def test_items_stay_on_the_canvas_and_their_sizes_reach_from_a_tenth_up(aspect):
    many = scenes(200, aspect)
    assert {len(scene.items) for scene in many} == set(range(1, 9))
    boxes = [item.box for scene in many for item in scene.items]
    assert all(0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1 for box in boxes)
    longer = [max(box.width * max(aspect, 1), box.height * max(1 / aspect, 1)) for box in boxes]
    assert 0.09 < min(longer) < 0.12 and max(longer) > 0.7


def test_what_stands_behind_can_still_be_seen():
    for scene in scenes(60):
        shown = item_map(scene, 128, 128)
        assert set(range(len(scene.items))) <= set(np.unique(shown).tolist())


def test_items_overlap_unless_told_not_to():
    def overlapping(choice):
        return sum(
            one.box.intersect(other.box) is not None
            for scene in scenes(60, choice=choice)
            for n, one in enumerate(scene.items)
            for other in scene.items[:n]
        )

    assert overlapping(ANY) > 10
    assert overlapping(Choice(overlaps=False)) == 0


def test_the_one_in_front_hides_the_one_behind():
    behind, front = Item("square", "red", BOX), Item("circle", "blue", BOX)
    shown = item_map(Scene((behind, front)), 64, 64)
    assert shown[19, 19] == 1 and shown[7, 7] == 0 and shown[60, 60] == -1


def test_a_choice_narrows_what_comes():
    few = scenes(30, choice=Choice(things=("cat", "sun"), backgrounds=("night",), most=2))
    assert {item.thing for scene in few for item in scene.items} == {"cat", "sun"}
    assert {scene.background for scene in few} == {"night"}
    assert max(len(scene.items) for scene in few) == 2


@pytest.mark.parametrize(
    "words, said",
    [
        (("circle", "red"), "a red circle"),
        (("square", "orange"), "an orange square"),
        (("umbrella", "orange", "the"), "the orange umbrella"),
        (("sun",), "a sun"),
        (("person", "red"), "a person in red"),
        (("cat", "purple", ""), "purple cat"),
    ],
)
def test_phrases(words, said):
    assert phrase(*words) == said


def test_captions_say_what_where_and_before_what():
    scene = Scene((Item("cat", "red", BOX), Item("sun", "", Box(0.7, 0.7, 0.9, 0.9))), "beach")
    assert place_words(BOX) == "at the top left"
    assert caption(scene, [1, 0], " and ", "a", told=True) == (
        "a sun at the bottom right and a red cat at the top left , at the beach"
    )
    assert (
        caption(scene, [0, 1], " , ", "the", told=False) == "the red cat , the sun , at the beach"
    )


def test_every_caption_fits_the_text_encoder():
    for scene in scenes(300):
        text = caption(scene, list(range(len(scene.items))), " and ", "a", told=True)
        assert set(text.split()) <= set(TOKENS)
        assert len(text.split()) + 2 <= LENGTH
    assert tokenize(["a red cat", ""]).shape == (2, LENGTH)


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_backgrounds_differ_from_one_another_and_by_variant(name):
    mean = {
        other: np.asarray(picture(Scene((), other), 32, 32), dtype=float) for other in BACKGROUNDS
    }
    assert all(np.abs(mean[name] - mean[other]).mean() > 8 for other in mean if other != name)
    if name != "plain":
        low, high = (np.asarray(picture(Scene((), name, v), 32, 32), dtype=float) for v in (0, 5))
        assert np.abs(low - high).mean() > 1


def test_a_batch_of_drawings():
    for size in set(CANVASES):
        drawn = pictures(random_scenes(random.Random(1), 2, Choice(), size), size)
        assert drawn.shape == (2, 3, *size)
        assert -1 <= drawn.min() < drawn.max() <= 1
