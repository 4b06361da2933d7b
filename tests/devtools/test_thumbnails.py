"""The pictures of the template browser: one for each template, and of what it says now."""

import json

import numpy as np
import pytest
from PIL import Image

from devtools.templates.pictures import SHIPPED, file_of, pictures
from devtools.templates.tour import TOUR
from devtools.thumbnails import EXAMPLES, RUN, SIDE_PX, api_form, card, drawn, picture_of, sheet
from gligen_core.draw import PAPER

DRAWN = [template for template in TOUR if not template.api.startswith(RUN)]
JPEG_LOSS = 3  # mean difference, in levels of 255; a box elsewhere makes several times as much
LARGEST_BYTES = 40_000
REMEDY = "run: python3 dev.py python -m devtools.thumbnails"


def pixels(picture):
    return np.asarray(picture.convert("RGB"), dtype=float)


def template_of(api):
    [template] = [template for template in TOUR if template.api == api]
    return template


@pytest.mark.parametrize("template", TOUR, ids=lambda template: template.api)
def test_every_template_has_a_picture_of_its_own(template):
    target = picture_of(template)
    assert target.is_file(), REMEDY
    with Image.open(target) as picture:
        assert (picture.format, picture.size) == ("JPEG", (SIDE_PX, SIDE_PX))
        shown = pixels(picture)
    assert shown.std() > 5  # something is there
    paper = (np.abs(shown - PAPER) < 4).all(axis=-1).mean()
    assert paper < 0.75 or template.api.startswith(RUN)  # never an almost empty sheet


def test_every_picture_belongs_to_a_template():
    assert set(EXAMPLES.glob("*.jpg")) == {picture_of(template) for template in TOUR}


@pytest.mark.parametrize("template", DRAWN, ids=lambda template: template.api)
def test_a_drawn_picture_is_of_the_workflow_as_it_is_now(template):
    now = pixels(card(drawn(api_form(template))))
    with Image.open(picture_of(template)) as picture:
        assert np.abs(pixels(picture) - now).mean() < JPEG_LOSS, REMEDY


def test_another_layout_makes_another_picture():
    workflow = api_form(template_of("sd15_text_box"))
    before = pixels(card(drawn(workflow)))
    node = next(n for n in workflow.values() if n["class_type"] == "GLIGEN_Layout")
    layout = json.loads(node["inputs"]["layout"])
    layout["entities"][0]["box"] = [0.5, 0.05, 0.9, 0.2]
    node["inputs"]["layout"] = json.dumps(layout)
    assert np.abs(pixels(card(drawn(workflow))) - before).mean() > JPEG_LOSS


@pytest.mark.parametrize("name", SHIPPED)
def test_an_example_picture_is_small_and_what_the_scene_is_now(name):
    assert file_of(name).stat().st_size < LARGEST_BYTES
    with Image.open(file_of(name)) as picture:
        assert picture.size == (SIDE_PX, SIDE_PX)
        assert np.abs(pixels(picture) - pixels(pictures()[name])).max() <= 1


def test_every_example_picture_is_loaded_by_a_template():
    loaded = {
        node["inputs"]["image"]
        for template in TOUR
        for node in api_form(template).values()
        if node["class_type"] == "LoadImage"
    }
    assert loaded == {file_of(name).name for name in SHIPPED}
    assert loaded == {file.name for file in file_of("scene").parent.iterdir()}


def test_maps_are_of_one_scene():
    """Things stand before the sky in all of them."""
    scene = pictures()
    sky = (pixels(scene["classes"]) == (6, 230, 230)).all(axis=-1)
    assert 0.2 < sky.mean() < 0.6
    assert (pixels(scene["depth"])[sky] == 0).all() and pixels(scene["depth"])[~sky].min() > 0
    assert (np.abs(pixels(scene["normal"])[sky] - 127.5) <= 0.5).all()
    length = np.linalg.norm(pixels(scene["normal"])[~sky] / 127.5 - 1, axis=-1)
    assert np.abs(length - 1).max() < 0.02


@pytest.mark.parametrize("count, size", [(1, (10, 6)), (2, (24, 6)), (3, (24, 16)), (8, (38, 26))])
def test_a_batch_is_laid_out_side_by_side(count, size):
    reds = [Image.new("RGB", (10, 6), (10 * n, 0, 0)) for n in range(count)]
    whole = sheet(reds)
    assert whole.size == size
    columns = (size[0] + 4) // 14
    for n, red in enumerate(reds):
        place = (n % columns * 14, n // columns * 10)
        assert whole.getpixel(place) == red.getpixel((0, 0))


def test_a_card_is_square_and_keeps_proportions():
    whole = card(Image.new("RGB", (100, 50), (255, 0, 0)))
    assert whole.size == (SIDE_PX, SIDE_PX)
    red = (np.asarray(whole) == (255, 0, 0)).all(axis=-1)
    assert red.any(axis=0).sum() == SIDE_PX and red.any(axis=1).sum() == SIDE_PX // 2
    assert whole.getpixel((0, 0)) == PAPER
