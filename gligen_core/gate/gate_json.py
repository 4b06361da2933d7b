"""Gate JSON, version 1 -> GateSchedule: what the Gate Curve editor saves and an API user posts.

    {"version": 1, "counts": "steps", "points": [[0, 1], [0.3, 1], [0.6, 0]],
     "blocks": {"output": 0.5, "output.3": 0}}

or, instead of points (progress, gate), the official three phases: "phases": [0.3, 0, 0.7].
"counts" and "blocks" may be absent. Unknown fields are let through.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..bases.blocks import BlockId
from ..errors import GligenError
from ..layout.fields import read_number, read_object, shown
from ..text import posted_object
from .schedule import Counts, Curve, GateSchedule, Phases

VERSION = 1
MAX_POINTS = 1000  # more than there are steps
SAMPLES = 64  # straight pieces that stand in for a smooth curve; runs rarely have more steps

Knots = tuple[tuple[float, float], ...]
"""(progress, gate) pairs."""


def parse_gate(data: str | Mapping[str, Any], source: str = "gate") -> GateSchedule:
    """Read a gate from JSON text or from the object it holds. Raises GligenError.

    source: the file or widget that errors name
    """
    fields = read_object(_json_value(data, source), source)
    version = fields.get("version", VERSION)
    if isinstance(version, bool) or version != VERSION:
        raise GligenError(
            f"{source}: 'version' is {shown(version)}; this pack reads version {VERSION}. "
            "A newer version of the pack may have written it."
        )
    counts = fields.get("counts", "steps")
    if counts not in ("steps", "timestep"):
        raise GligenError(f"{source}: 'counts' is {shown(counts)}; expected 'steps' or 'timestep'.")
    try:
        schedule = GateSchedule(_shape(fields, source), cast(Counts, counts))
        return schedule.with_block_scale(_blocks(fields.get("blocks", {}), source))
    except GligenError as mistake:
        message = str(mistake)
        raise GligenError(
            message if message.startswith(source) else f"{source}: {message}"
        ) from mistake


def knots_of_curve(value: Any, source: str = "curve") -> Knots:
    """A CURVE of the host, or of a pack, as (progress, gate) knots.

    value: the host's curve (it has `points` and `interp(x)`, and is sampled), or a list of
    points [x, y] or {"x", "y"}, or {"points": such a list}; these are joined by straight lines.
    x and y run from 0 to 1.
    """
    interpolate = getattr(value, "interp", None)
    if callable(interpolate):
        places = {n / SAMPLES for n in range(SAMPLES + 1)} | {float(x) for x, _ in value.points}
        knots = [(x, cast(Any, interpolate(x))) for x in sorted(places)]
    else:
        points = value.get("points") if isinstance(value, Mapping) else value
        knots = sorted(_points(points, source), key=lambda knot: knot[0])
    for x, y in knots:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise GligenError(
                f"{source}: point ({x:g}, {y:g}) lies outside the unit square; expected x "
                "(progress) and y (gate) of 0 to 1."
            )
    return tuple((float(x), float(y)) for x, y in knots)


def _json_value(data: Any, source: str) -> Any:
    if not isinstance(data, str):
        return data
    try:
        posted = posted_object(data)
        return json.loads(data) if posted is None else posted
    except (ValueError, RecursionError) as mistake:
        raise GligenError(f"{source}: not JSON: {mistake}.") from mistake


def _shape(fields: Mapping[str, Any], source: str) -> Phases | Curve:
    phases, points = fields.get("phases"), fields.get("points")
    if (phases is None) == (points is None):
        found = "neither 'phases' nor 'points'" if phases is None else "both 'phases' and 'points'"
        raise GligenError(
            f"{source}: {found}; expected one of them: [on, decay, off] shares of the run, or a "
            "list of [progress, gate]."
        )
    if phases is None:
        return Curve(tuple(_points(points, source)))
    shares = [read_number(share) for share in phases] if _is_list(phases) else []
    if len(shares) != 3 or None in shares:
        raise GligenError(
            f"{source}: 'phases' is {shown(phases)}; expected three numbers [on, decay, off]."
        )
    return Phases(*(cast(float, share) for share in shares))


def _points(value: Any, source: str) -> list[tuple[float, float]]:
    if not _is_list(value) or not 1 <= len(value) <= MAX_POINTS:
        raise GligenError(
            f"{source}: 'points' is {shown(value)}; expected a list of 1 to {MAX_POINTS} "
            "[progress, gate]."
        )
    return [_point(point, number, source) for number, point in enumerate(value, 1)]


def _point(value: Any, number: int, source: str) -> tuple[float, float]:
    pair = [value.get("x"), value.get("y")] if isinstance(value, Mapping) else value
    numbers = [read_number(item) for item in pair] if _is_list(pair) else []
    if len(numbers) != 2 or None in numbers:
        raise GligenError(
            f"{source}: point {number} is {shown(value)}; expected [progress, gate], two numbers."
        )
    return cast(float, numbers[0]), cast(float, numbers[1])


def _blocks(value: Any, source: str) -> dict[str | BlockId, float]:
    blocks: dict[str | BlockId, float] = {}
    for place, given in read_object(value, f"{source}: 'blocks'").items():
        factor = read_number(given)
        if factor is None:
            raise GligenError(
                f"{source}: 'blocks': {place!r} is {shown(given)}; expected a factor, 0 or more."
            )
        blocks[place] = factor
    return blocks


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
