"""The demo's own drawings, whose boxes are known, are found again by their colours."""

import pytest
import torch

from gligen_core.demo.shapes import COLOURS, draw, random_scenes
from gligen_core.demo.vocabulary import phrase
from gligen_core.evaluation import score_picture, summarise
from gligen_core.geometry import Box
from gligen_core.layout import Entity


def scores(width, height, count=48):
    scenes = random_scenes(count, torch.Generator().manual_seed(1), aspect=width / height)
    pictures, _ = draw(scenes, height, width)
    for row, picture in enumerate(pictures.movedim(1, -1).numpy()):
        entities = [
            Entity(
                id=str(slot),
                box=Box.of(scenes.boxes[row, slot].tolist()),
                text=phrase(int(scenes.colour[row, slot]), int(scenes.shape[row, slot])),
            )
            for slot in scenes.present[row].nonzero().flatten().tolist()
        ]
        yield score_picture(picture, entities, COLOURS)


@pytest.mark.parametrize(("width", "height"), [(128, 128), (192, 128), (128, 192)])
def test_every_shape_of_every_colour_is_found_in_its_box(width, height):
    pictures = list(scores(width, height))
    worst = min(
        (entity for picture in pictures for entity in picture.entities), key=lambda e: e.iou
    )
    assert worst.iou > 0.8, worst
    summary = summarise(pictures)
    assert summary.mean_iou > 0.93
    assert summary.share_right_colour == 1
