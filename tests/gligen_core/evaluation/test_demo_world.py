"""The demo's own drawings, whose boxes are known, are found again by their colours."""

import pytest
import torch

from gligen_core.demo.sampling import layouts_of
from gligen_core.demo.shapes import COLOURS, draw, random_scenes
from gligen_core.evaluation.finding import find_shapes
from gligen_core.evaluation.score import score_layouts


@pytest.mark.parametrize(("width", "height"), [(128, 128), (192, 128), (128, 192)])
def test_every_shape_of_every_colour_is_found_in_its_box(width, height):
    scenes = random_scenes(48, torch.Generator().manual_seed(1), aspect=width / height)
    pictures, _ = draw(scenes, height, width)
    found = [find_shapes(picture, COLOURS) for picture in pictures.movedim(1, -1).numpy()]
    score = score_layouts(layouts_of(scenes), found)
    worst = min(score.entities, key=lambda entity: entity.iou)
    assert worst.iou > 0.8, worst
    assert score.mean_iou > 0.93 and score.success == 1 and score.unasked == 0
