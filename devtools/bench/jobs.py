"""Jobs of the bench: what each section measures, and about how long it takes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ..commands import SECTIONS
from ..host import Host
from ..pins import CHECKOUT
from ..server import Server
from .canvas import many_boxes, many_people, measure_canvas
from .counts import arithmetic, count_launches
from .demo import Gallery, measure_loop, measure_motion
from .memory import in_its_own
from .plan import Case, Plan
from .room import Room, one_thread
from .subjects import available

Result = dict[str, Any]

DRIVER = CHECKOUT / "tests" / "browser"  # the page's driver is the tests' own
PATIENCE_MS = 30_000  # of one step in the page
# What they take on two cores, in seconds; only the time that is left is told from them.
BUILDING, ALONE, OPENING, SERVING, DRAG, MOTION = 5, 30, 15, 60, 8, 30
PICTURE = 3.0


class NotMeasured(Exception):
    """Something that this machine lacks; says what."""


@dataclass(frozen=True, slots=True)
class Job:
    """Measurement to make. section: under which it is filed · seconds: expected"""

    section: str
    title: str
    seconds: float
    run: Callable[[], Result]


class Served:
    """Server of ComfyUI, and a page in it, from the first use to `close`."""

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

    def canvas(self, nodes2: bool, people: bool) -> Result:
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


def jobs(room: Room, plan: Plan, served: Served, only: Sequence[str] = SECTIONS) -> list[Job]:
    """Jobs in their order: the server, which takes time from others, comes last."""
    made = [
        *(_timed(room, "steps", case) for case in plan.steps),
        *(_timed(room, "phases", case) for case in plan.phases),
        *(_launches(room, name, plan.peak) for name in plan.peak.subjects),
        *(_timed(room, "shortcuts", case) for case in plan.shortcuts),
        *(_timed(room, "growth", case, axis) for axis in plan.growth for case in plan.growth[axis]),
        *(_overhead(room, case) for case in plan.overhead),
        *_weighed(room, plan.peak),
        *_likenesses(room, plan.pictures, [n for c in plan.shortcuts for n in c.subjects]),
        *_served(served, plan),
    ]
    return [job for job in made if job.section in only]


def _timed(room: Room, section: str, case: Case, axis: str = "") -> Job:
    def run() -> Result:
        work = arithmetic(case, room.size)
        return {"axis": axis, "arithmetic": asdict(work)} | room.time(case).to_json()

    title = f"{section} {axis}".strip()
    return Job(section, f"{title}: {case.title}", case.seconds + BUILDING, run)


def _overhead(room: Room, case: Case) -> Job:
    def run() -> Result:
        with one_thread():
            return room.time(case, "minute").to_json()

    return Job("overhead", "overhead: the host's work on a tiny UNet", case.seconds, run)


def _launches(room: Room, name: str, case: Case) -> Job:
    def run() -> Result:
        if room.device != "cuda":
            raise NotMeasured("no GPU")
        subjects = {subject.name: subject for subject in room.subjects(case)}
        return count_launches(subjects[name])

    return Job("kernels", f"kernels: {name}", BUILDING if room.device == "cuda" else 0, run)


def _weighed(room: Room, case: Case) -> Iterator[Job]:
    def peak(name: str) -> Result:
        room.clear()  # or this process's networks take the other one's room
        return in_its_own("peak", room, subject=name, case=asdict(case)) | {"case": case.title}

    for name in case.subjects:
        yield Job("memory", f"memory: {name}", ALONE, lambda name=name: peak(name))
    for loader, seconds in (("open_by_pack", 0), ("open_by_host", OPENING)):
        yield Job(
            "memory", f"memory: {loader}", seconds, lambda name=loader: in_its_own(name, room)
        )


def _likenesses(room: Room, count: int, names: Sequence[str]) -> Iterator[Job]:
    gallery = cache(lambda: Gallery.open(room, count))
    for name in available(room.host):
        if name in names:
            yield Job(
                "pictures",
                f"pictures: {name}",
                PICTURE * count,
                lambda name=name: asdict(gallery().likeness(name)),
            )


def _served(served: Served, plan: Plan) -> Iterator[Job]:
    for nodes2 in (False, True):
        for people in (False, True):
            yield Job(
                "canvas",
                f"canvas: {'people' if people else 'boxes'}, "
                f"{'Nodes 2.0' if nodes2 else 'classic'}",
                DRAG if nodes2 or people else SERVING,
                lambda nodes2=nodes2, people=people: served.canvas(nodes2, people),
            )
    count, tries = plan.layouts, plan.tries
    yield Job(
        "loop",
        f"closed loop: {count} layouts, {tries} tries",
        1.5 * count * tries * PICTURE,
        lambda: measure_loop(served.address, count, tries).to_json(),
    )
    yield Job("motion", "animated batch", MOTION, lambda: measure_motion(served.address))
