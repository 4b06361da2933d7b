"""The page of the pinned host itself, a year old: draw, queue, save, reload, and the languages."""

import json
import os
import sys
from pathlib import Path

import pytest
from conftest import COMFYUI
from desk import LAYOUT_NODE, LOADING_MS, VIEWPORT, Desk, choose, run
from wording import shown, spoken_by

from devtools.api_client import ApiClient

EMPTY = '{"version": 1, "width": 512, "height": 512, "entities": []}'

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("COMFYUI_PATH")), reason="a ComfyUI of one's own has one page"
)


@pytest.fixture(scope="module")
def old_page(chromium):
    from devtools.host import Host
    from devtools.server import Server

    context = chromium.new_context(viewport=VIEWPORT)
    page = context.new_page()
    page.set_default_timeout(LOADING_MS)
    with Server(Host(COMFYUI, Path(sys.executable), fetched=False)) as server:
        yield Desk(page, server.address)
        context.close()


def test_draw_queue_save_and_reload(old_page):
    desk = old_page
    for nodes2 in (False, True):
        choose(desk.address)
        desk.arrive()
        desk.render(nodes2)
        node = desk.add(LAYOUT_NODE, (20, 40), layout=EMPTY)
        shown_text = desk.add("PreviewAny", (700, 40))
        desk.connect(node, 0, shown_text, "source")
        editor = desk.editor(node)
        editor.draw((0.1, 0.1), (0.5, 0.6), "a red ball")
        editor.draw((0.6, 0.2), (0.9, 0.4), "a cup")
        editor.focus()
        editor.press("Control+z", "Control+z")
        drawn = desk.layout(node)
        assert [entity["text"] for entity in drawn["entities"]] == ["a red ball"]
        run(desk)
        history = ApiClient(desk.address).get("/history?max_items=1")
        [done] = history.values()
        assert json.loads(done["prompt"][2][str(node)]["inputs"]["layout"]) == drawn
        desk.reload()
        assert desk.layout(node) == drawn
        desk.editor(node)
        assert desk.mistakes == []
        desk.clear()


# fr is the page's, de is ours alone, and pl is neither's.
@pytest.mark.parametrize("locale", ["fr", "de", "pl"])
def test_titles_and_inputs_are_in_the_language(old_page, locale):
    choose(old_page.address, **{"Comfy.Locale": locale})
    old_page.arrive()
    assert shown(old_page) == spoken_by(locale)
