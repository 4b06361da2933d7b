"""Scenes, their pictures, latents and captions: what the demo's networks are taught."""

import pytest
import torch

from gligen_core.demo.examples import Examples, Pictures, all_phrases, generator_of, phrase_rows
from gligen_core.demo.latents import latents_of, picture_of, scene_latents
from gligen_core.demo.sampling import layouts_of, score
from gligen_core.demo.shapes import COLOURS, GAP, SHAPES, Scenes, draw, random_scenes
from gligen_core.demo.vocabulary import LENGTH, TOKENS, captions, tokenize
from gligen_core.evaluation.finding import find_colours
from gligen_core.geometry import Box


def scenes(count=64, aspect=1.0, seed=0):
    return random_scenes(count, generator_of(seed, "test", 0), aspect)


def one_shape(shape, box=(0.25, 0.125, 0.75, 0.625), colour=0):
    return Scenes(
        boxes=torch.tensor([[box]]),
        present=torch.ones(1, 1, dtype=torch.bool),
        colour=torch.tensor([[colour]]),
        shape=torch.tensor([[shape]]),
    )


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_a_shape_fills_its_box(shape):
    scene = one_shape(shape)
    picture = draw(scene, 128, 128)[0][0].permute(1, 2, 0).numpy()
    (blob,) = find_colours(picture, COLOURS).blobs(next(iter(COLOURS)))
    assert blob.box.iou(Box.of(scene.boxes[0, 0].tolist())) > 0.9


def test_shapes_differ_where_their_boxes_do_not():
    covers = [draw(one_shape(shape), 64, 64)[1] for shape in range(len(SHAPES))]
    areas = [cover.mean().item() / 0.25 for cover in covers]
    assert areas == pytest.approx([torch.pi / 4, 1, 0.5, 0.5], abs=0.03)


@pytest.mark.parametrize("aspect", [1.0, 1.5, 2 / 3])
def test_boxes_stay_on_the_canvas_and_apart(aspect):
    many = scenes(256, aspect)
    for boxes, present in zip(many.boxes, many.present, strict=True):
        shown = [Box.of(box) for box in boxes[present].tolist()]
        assert 1 <= len(shown) <= 4
        for n, box in enumerate(shown):
            assert 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1
            for other in shown[:n]:
                x_gap = max(other.x0 - box.x1, box.x0 - other.x1)
                y_gap = max(other.y0 - box.y1, box.y0 - other.y1)
                assert max(x_gap, y_gap) > GAP - 1e-6


def test_latents_drawn_small_are_those_of_the_picture():
    many = scenes()
    exact = latents_of(*draw(many, 128, 128))
    assert (scene_latents(many, 16, 16) - exact).abs().mean() < 0.03
    # Normalised: as large as the noise they will be mixed with.
    assert exact.mean().abs() < 0.3 and 0.6 < exact.std() < 1.4


def test_the_latents_hold_where_things_are():
    many = scenes(8)
    found = score(scene_latents(many, 16, 16), many)
    assert min(entity.iou for entity in found.entities) > 0.5 and found.mean_iou > 0.6
    assert picture_of(scene_latents(many, 16, 16)).shape == (8, 3, 128, 128)


def test_captions_name_what_is_there_and_where():
    scene = one_shape(1, (0.7, 0.7, 0.95, 0.95), colour=1)
    say = lambda places, article: captions(scene, [places], ["and"], [article])[0]  # noqa: E731
    assert say("none", "a") == "an orange square"
    assert say("words", "the") == "the orange square at the bottom right"
    assert say("none", "") == "orange square"


def test_every_caption_fits_the_text_encoder():
    many = scenes(256)
    texts = captions(many, ["words"] * 256, ["and"] * 256, ["a"] * 256)
    longest = max(len(text.split()) for text in texts)
    assert {word for text in texts for word in text.split()} <= set(TOKENS)
    assert longest + 2 <= LENGTH
    assert tokenize(texts).shape == (256, LENGTH)


def test_phrase_rows_point_at_the_phrase_of_each_shape():
    many = scenes(8)
    named = [[all_phrases()[row] for row in rows] for rows in phrase_rows(many).tolist()]
    for layout, names in zip(layouts_of(many), named, strict=True):
        for entity in layout.entities:
            slot = int(entity.id.removeprefix("shape ")) - 1
            assert names[slot] == entity.text


def test_a_batch_depends_on_seed_step_and_process_alone():
    def batch(**changes):
        settings = {
            "seed": 1,
            "stage": "base",
            "batch": 4,
            "told": 0.5,
            "untold": 0.1,
            "noisy": 0.5,
        } | changes
        return Examples(**settings)

    first = batch()(7)
    assert all(torch.equal(a, b) for a, b in zip(first, batch()(7), strict=True))
    for other in (batch()(8), batch(seed=2)(7), batch(process=1)(7), batch(stage="text_box")(7)):
        assert not torch.equal(first.x, other.x) or first.x.shape != other.x.shape
    pictures = Pictures(seed=1, batch=2)
    assert torch.equal(pictures(3)[0], pictures(3)[0])


def test_the_start_shows_one_shape_only():
    examples = Examples(
        seed=1, stage="base", batch=32, told=0.5, untold=0.1, noisy=0.5, lone_steps=5
    )
    shown = [(examples(step).boxes.abs().sum(-1) > 0).sum(1) for step in (4, 5)]
    assert shown[0].max() == 1 and shown[1].max() > 1


def test_grounding_is_dropped_for_a_tenth_of_the_batches_as_a_whole():
    examples = Examples(seed=1, stage="text_box", batch=2, told=0.0, untold=0.5, noisy=0.5)
    dropped = [not examples(step).present.any() for step in range(400)]
    assert 0.05 < sum(dropped) / len(dropped) < 0.15
