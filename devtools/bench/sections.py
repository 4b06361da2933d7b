"""The bench as a list of jobs: what each measures, and about how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from ..commands import SECTIONS
from .alone import in_its_own
from .arithmetic import arithmetic
from .kernels import count_launches
from .pictures import Gallery
from .plan import Case, Plan
from .room import Room, one_thread
from .served import NotMeasured, Served
from .shortcuts import available

Result = dict[str, Any]

# What they take on two cores, in seconds; only the time that is left is told from them.
BUILDING, ALONE, OPENING, SERVING, DRAG, MOTION = 5, 30, 15, 60, 8, 30
PICTURE = 3.0


@dataclass(frozen=True, slots=True)
class Job:
    """section: under which the result is filed · seconds: expected"""

    section: str
    title: str
    seconds: float
    run: Callable[[], Result]


def jobs(room: Room, plan: Plan, served: Served, only: Sequence[str] = SECTIONS) -> list[Job]:
    """In their order: the server, which takes time from others, comes last."""
    made = [
        *(_timed(room, "steps", case) for case in plan.steps),
        *(_timed(room, "phases", case) for case in plan.phases),
        *(_launches(room, name, plan.peak) for name in plan.peak.subjects),
        *(_timed(room, "shortcuts", case) for case in plan.shortcuts),
        *(_timed(room, "growth", case, axis) for axis in plan.growth for case in plan.growth[axis]),
        *(_overhead(room, case) for case in plan.overhead),
        *_weighed(room, plan.peak),
        *_likenesses(room, plan.pictures, [n for c in plan.shortcuts for n in c.subjects]),
        *_dragged(served),
        _loop(served, plan.layouts, plan.tries),
        Job("motion", "animated batch", MOTION, served.motion),
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
        return asdict(count_launches(subjects[name]))

    return Job("kernels", f"kernels: {name}", BUILDING if room.device == "cuda" else 0, run)


def _weighed(room: Room, case: Case) -> list[Job]:
    def peak(name: str) -> Callable[[], Result]:
        def run() -> Result:
            room.clear()  # or this process's networks take the other one's room
            return in_its_own("peak", room, subject=name, case=asdict(case)) | {"case": case.title}

        return run

    return [
        *(Job("memory", f"memory: {name}", ALONE, peak(name)) for name in case.subjects),
        Job("memory", "memory: opening", 0, lambda: in_its_own("open_by_pack", room)),
        Job("memory", "memory: stock opening", OPENING, lambda: in_its_own("open_by_host", room)),
    ]


def _likenesses(room: Room, count: int, names: Sequence[str]) -> list[Job]:
    gallery = cache(lambda: Gallery.open(room, count))

    def likeness(name: str) -> Callable[[], Result]:
        return lambda: asdict(gallery().likeness(name))

    return [
        Job("pictures", f"pictures: {name}", PICTURE * count, likeness(name))
        for name in available(room.host)
        if name in names
    ]


def _dragged(served: Served) -> list[Job]:
    def drag(nodes2: bool, people: bool) -> Callable[[], Result]:
        return lambda: served.canvas(nodes2, people)

    return [
        Job(
            "canvas",
            f"canvas: {'people' if people else 'boxes'}, {'Nodes 2.0' if nodes2 else 'classic'}",
            DRAG if nodes2 or people else SERVING,
            drag(nodes2, people),
        )
        for nodes2 in (False, True)
        for people in (False, True)
    ]


def _loop(served: Served, layouts: int, tries: int) -> Job:
    return Job(
        "loop",
        f"closed loop: {layouts} layouts, {tries} tries",
        1.5 * layouts * tries * PICTURE,
        lambda: served.loop(layouts, tries),
    )
