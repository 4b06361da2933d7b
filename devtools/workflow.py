"""The demo's workflow in the host's API form, adapted to a layout: pure functions on dicts."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from .console import DevError

Workflow = Mapping[str, Mapping[str, Any]]
"""Node id -> {"class_type", "inputs"}; a link is [node id, output number]."""

SHORT_SIDE_PX, LONGEST_SIDE_PX = 128, 256  # the demo model was trained at 128 x 128
SIDE_STEP_PX = 32
GATES = {"on": (1.0, 0.0, 0.0), "off": (0.0, 0.0, 1.0)}


def parse_gate(text: str) -> tuple[float, float, float]:
    """ "on", "off" or three shares "on,decay,off" of the steps that add up to 1."""
    if text in GATES:
        return GATES[text]
    try:
        on, decay, off = (float(share) for share in text.split(","))
    except ValueError:
        raise DevError(
            f"--gate {text}: expected on, off or three shares such as 0.3,0,0.7."
        ) from None
    if not all(0 <= share <= 1 for share in (on, decay, off)) or abs(on + decay + off - 1) > 1e-6:
        raise DevError(f"--gate {text}: expected three shares of 0..1 that add up to 1.")
    return on, decay, off


def picture_size_px(width: int, height: int) -> tuple[int, int]:
    """The canvas brought to the model's size: short side 128, the other in steps of 32, to 256."""
    aspect = max(width, height) / min(width, height)
    long = round(SHORT_SIDE_PX * aspect / SIDE_STEP_PX) * SIDE_STEP_PX
    long = min(long, LONGEST_SIDE_PX)
    return (long, SHORT_SIDE_PX) if width >= height else (SHORT_SIDE_PX, long)


def layout_text(workflow: Workflow) -> str:
    """The layout JSON that the workflow was saved with."""
    return workflow[_only(workflow, "GLIGEN_Layout")]["inputs"]["layout"]


def adapt(
    workflow: Workflow,
    layout: Mapping[str, Any],
    prompt: str,
    size_px: tuple[int, int],
    seed: int,
    gate: tuple[float, float, float],
    strength: float = 1.0,
) -> dict[str, Any]:
    """A copy of the workflow for that layout (JSON), prompt, picture size, seed, gate, strength."""
    adapted: dict[str, Any] = copy.deepcopy(dict(workflow))
    width, height = size_px
    on, decay, off = gate
    for node, inputs in (
        (_only(workflow, "GLIGEN_Layout"), {"layout": json.dumps(layout)}),
        (_positive_prompt(workflow), {"text": prompt}),
        (_only(workflow, "EmptyLatentImage"), {"width": width, "height": height}),
        (_only(workflow, "KSampler"), {"seed": seed}),
        (
            _only(workflow, "GLIGEN_GatePhases"),
            {"preset": "custom", "on": on, "decay": decay, "off": off},
        ),
        (_only(workflow, "GLIGEN_Apply"), {"strength": strength}),
    ):
        adapted[node]["inputs"].update(inputs)
    return adapted


def _positive_prompt(workflow: Workflow) -> str:
    """The text node whose conditioning Apply grounds."""
    apply = _only(workflow, "GLIGEN_Apply")
    node = workflow[apply]["inputs"]["positive"][0]
    if workflow[node]["class_type"] != "CLIPTextEncode":
        raise DevError(
            f"the demo workflow: GLIGEN_Apply's positive comes from node {node}, "
            f"{workflow[node]['class_type']}; expected CLIPTextEncode."
        )
    return node


def _only(workflow: Workflow, class_type: str) -> str:
    """The id of the one node of that class."""
    nodes = [node for node, fields in workflow.items() if fields["class_type"] == class_type]
    if len(nodes) != 1:
        raise DevError(f"the demo workflow: {len(nodes)} nodes {class_type}; expected one.")
    return nodes[0]
