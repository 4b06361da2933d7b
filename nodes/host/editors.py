"""Inputs that the browser edits on one of the pack's canvases (web/), and what these are sent."""

from __future__ import annotations

import json
from typing import Any

from comfy_api.latest import io, ui
from torch import Tensor

from ...gligen_core.layout import Layout, dump_layout


def edited_by(widget_type: str, text: io.String.Input) -> io.String.Input:
    """The same input, with the editor of that name for its widget.

    It stays a STRING: with a socket, in the API prompt, and without a browser.
    """
    text.extra_dict = {**text.extra_dict, "widgetType": widget_type}
    return text


def beneath(
    node: type[io.ComfyNode], background: Tensor | None, detections: Layout | None
) -> dict[str, Any]:
    """What a canvas shows beneath the drawing, as a node's `ui`.

    background: b h w 3, of which the first is shown · detections: ghosts to adopt
    """
    shown: dict[str, Any] = {}
    if background is not None:
        picture = ui.PreviewImage(background[:1], cls=node).as_dict()
        shown["gligen_background"] = picture["images"]
    if detections is not None:
        shown["gligen_detections"] = [json.dumps(dump_layout(detections))]
    return shown
