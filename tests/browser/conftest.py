"""The real host with the newest page in a real Chromium, in the classic renderer and in Nodes 2.0.

Debian's `chromium` (or GLIGEN_CHROMIUM names another) is driven by Playwright. Without it the tests
are skipped, but under CI=true that is a failure. GLIGEN_BROWSER_HOST: the address of a ComfyUI with
this pack that runs already, instead of one started here.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
COMFYUI = Path(os.environ.get("COMFYUI_PATH") or CHECKOUT / ".host" / "ComfyUI")
CHROMIUM = os.environ.get("GLIGEN_CHROMIUM") or shutil.which("chromium")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

PATIENCE_MS = 30_000  # of one step in the page


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(900))  # the first test waits for the host


@pytest.fixture(scope="session")
def chromium():
    """A browser."""
    if CHROMIUM is None:
        message = "no chromium: apt install chromium, or let GLIGEN_CHROMIUM name one"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # No sandbox: CI runs as root, where Chromium has none.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def host_address():
    from devtools.host import Host
    from devtools.page import ready_page
    from devtools.server import Server

    running = os.environ.get("GLIGEN_BROWSER_HOST")
    if running:
        yield running
        return
    python = Path(sys.executable)
    # COMFYUI_PATH: any ComfyUI, with the page that it has itself.
    own = bool(os.environ.get("COMFYUI_PATH"))
    with Server(Host(COMFYUI, python, False, None if own else ready_page(python))) as server:
        yield server.address


@pytest.fixture(scope="session")
def the_page(chromium, host_address):
    """The one page of all tests: loading it takes longer than any test."""
    from desk import LOADING_MS, VIEWPORT, Desk, choose

    choose(host_address)
    context = chromium.new_context(viewport=VIEWPORT, has_touch=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.set_default_navigation_timeout(LOADING_MS)
    desk = Desk(page, host_address)
    desk.arrive()
    yield desk
    context.close()


@pytest.fixture(scope="session", params=["classic", "nodes2"])
def room(request, the_page):
    """The page in one of the two renderers."""
    the_page.render(nodes2=request.param == "nodes2")
    return the_page


@pytest.fixture
def desk(room):
    """An empty graph to work on; whatever the page or the console complains of fails the test."""
    room.clear()
    room.mistakes.clear()
    yield room
    room.put_back()
    room.clear()
    assert room.mistakes == []
