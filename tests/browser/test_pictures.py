"""The screenshots of README and help pages: docs/images/<canvas>_<renderer>_<theme>.png.

Each run takes them anew and holds the committed ones to look like that. To renew them, look at what
this leaves in docs/images and commit it:

    GLIGEN_PICTURES=1 python3 dev.py test tests/browser/test_pictures.py
"""

import os
from pathlib import Path

import numpy as np
import pytest
from desk import LOADING_MS, VIEWPORT, Desk, choose
from pictures import TAKES, THEMES
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs" / "images"
RENEW = bool(os.environ.get("GLIGEN_PICTURES"))
COARSE = (48, 48)  # pixels to compare: the letters of one machine are not those of another
LIKE = 10  # of 255, on average


@pytest.fixture(scope="module", params=["classic", "nodes2"])
def desk(request, chromium, host_address):
    """A page of its own: with a mouse alone, for which controls are smaller than for a finger."""
    choose(host_address)
    context = chromium.new_context(viewport=VIEWPORT)
    page = context.new_page()
    page.set_default_timeout(LOADING_MS)
    desk = Desk(page, host_address)
    desk.arrive()
    desk.render(nodes2=request.param == "nodes2")
    yield desk
    context.close()


@pytest.fixture(params=THEMES)
def theme(desk, request):
    desk.set("Comfy.ColorPalette", request.param)
    desk.settle(30)
    yield request.param
    desk.set("Comfy.ColorPalette", "dark")


@pytest.mark.parametrize("canvas", TAKES)
def test_a_picture_in_the_docs_is_what_the_canvas_looks_like(desk, theme, canvas, tmp_path):
    name = f"{canvas}_{'nodes2' if desk.nodes2 else 'classic'}_{theme}.png"
    taken = (DOCS if RENEW else tmp_path) / name
    TAKES[canvas](desk, taken)
    now, shipped = Image.open(taken).convert("RGB"), Image.open(DOCS / name).convert("RGB")
    assert now.size == pytest.approx(shipped.size, rel=0.05)
    small = [np.asarray(picture.resize(COARSE), dtype=float) for picture in (now, shipped)]
    assert np.abs(small[0] - small[1]).mean() < LIKE
    assert (np.median(np.asarray(now)) > 127) == (theme == "light")
