"""The pictures of the template browser: one for each example, and of what the example says now."""

import json

import numpy as np
import pytest
from PIL import Image

from devtools.thumbnails import EXAMPLES, RUN, SIDE_PX, api_form, card, drawn, sheet, way_of_map
from gligen_core.draw import PAPER

FILES = sorted(EXAMPLES.glob("*.json"))
DRAWN = [file for file in FILES if not file.stem.startswith(RUN)]
JPEG_LOSS = 3  # mean difference, in levels of 255; a box elsewhere makes several times as much
REMEDY = "run: python3 dev.py python -m devtools.thumbnails"


def pixels(picture):
    return np.asarray(picture.convert("RGB"), dtype=float)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_example_has_a_picture_of_its_own(file):
    target = file.with_suffix(".jpg")
    assert target.is_file(), REMEDY
    with Image.open(target) as picture:
        assert (picture.format, picture.size) == ("JPEG", (SIDE_PX, SIDE_PX))
        assert pixels(picture).std() > 5  # something is on the paper


def test_every_picture_belongs_to_an_example():
    assert {file.stem for file in EXAMPLES.glob("*.jpg")} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", DRAWN, ids=lambda file: file.stem)
def test_a_drawn_picture_is_of_the_workflow_as_it_is_now(file):
    now = pixels(drawn(api_form(file)))
    with Image.open(file.with_suffix(".jpg")) as picture:
        assert np.abs(pixels(picture) - now).mean() < JPEG_LOSS, REMEDY


def test_another_layout_makes_another_picture():
    workflow = api_form(EXAMPLES / "sd15_text_box.json")
    before = pixels(drawn(workflow))
    node = next(n for n in workflow.values() if n["class_type"] == "GLIGEN_Layout")
    layout = json.loads(node["inputs"]["layout"])
    layout["entities"][0]["box"] = [0.5, 0.05, 0.9, 0.2]
    node["inputs"]["layout"] = json.dumps(layout)
    assert np.abs(pixels(drawn(workflow)) - before).mean() > JPEG_LOSS


def test_without_a_layout_the_way_of_the_map_is_drawn():
    workflow = api_form(EXAMPLES / "sd15_canny.json")
    way = [workflow[node]["class_type"] for node in way_of_map(workflow)]
    assert way == ["LoadImage", "Canny", "GLIGEN_Ground", "GLIGEN_Apply"]


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
