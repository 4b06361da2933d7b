"""What is measured on a running ComfyUI: canvases in a browser, and the demo model's layouts."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from ..host import Host
from ..pins import CHECKOUT
from ..server import Server
from .canvas import many_boxes, many_people, measure_canvas
from .layouts import measure_loop, measure_motion

DRIVER = CHECKOUT / "tests" / "browser"  # the page's driver is the tests' own
PATIENCE_MS = 30_000  # of one step in the page


class NotMeasured(Exception):
    """Something that this machine lacks; says what."""


class Served:
    """A server, and a page in it, from the first use to `close`."""

    def __init__(self, comfyui: Path) -> None:
        self._comfyui = comfyui
        self._open = ExitStack()

    def close(self) -> None:
        self._open.close()
        self.__dict__.clear()

    @cached_property
    def address(self) -> str:
        host = Host(self._comfyui, Path(sys.executable), fetched=False)
        return self._open.enter_context(Server(host)).address

    @cached_property
    def desk(self) -> Any:
        """The host's page with an empty graph; NotMeasured where there is no browser."""
        chromium = os.environ.get("GLIGEN_CHROMIUM") or shutil.which("chromium")
        if chromium is None:
            raise NotMeasured("no chromium: install it, or let GLIGEN_CHROMIUM name one")
        from playwright.sync_api import sync_playwright

        if str(DRIVER) not in sys.path:
            sys.path.append(str(DRIVER))
        import desk  # pyright: ignore[reportMissingImports]

        desk.choose(self.address)
        browsers = self._open.enter_context(sync_playwright()).chromium
        # No sandbox: CI runs as root, where Chromium has none.
        browser = browsers.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        self._open.callback(browser.close)
        page = browser.new_page(viewport=desk.VIEWPORT, has_touch=True)
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(desk.LOADING_MS)
        made = desk.Desk(page, self.address)
        made.arrive()
        return made

    def canvas(self, nodes2: bool, people: bool) -> dict[str, Any]:
        """Frame times of one of 30 boxes, or of all of 8 people, dragged to and fro."""
        desk = self.desk
        desk.render(nodes2)
        desk.clear()
        if people:
            node = desk.add("GLIGEN_Poses", (20, 40), poses=many_people())
            times = measure_canvas(desk.page, node, "poses", select_all=True)
        else:
            node = desk.add("GLIGEN_Layout", (20, 40), layout=many_boxes())
            times = measure_canvas(desk.page, node)
        desk.clear()
        what = "8 people" if people else "one of 30 boxes"
        return {"renderer": "Nodes 2.0" if nodes2 else "classic", "drag": what} | asdict(times)

    def loop(self, count: int, tries: int) -> dict[str, Any]:
        return measure_loop(self.address, count, tries).to_json()

    def motion(self) -> dict[str, Any]:
        return measure_motion(self.address)
