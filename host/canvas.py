"""Inputs that are drawn instead of typed."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from comfy_api.latest import io, ui
from torch import Tensor

from ..gligen_core.layout import Layout, dump_layout

InputType = TypeVar("InputType", bound=io.Input)


def drawn_on(canvas: str, value: InputType) -> InputType:
    """The input with one of the editors of web/ as its widget; its type stays what it is.

    canvas: the `widgetType` of an EditorKind in web/. Not the host's own `widget_type`, which would
    change the input's type, so that no STRING could be wired into it any more.
    """
    value.extra_dict = {**value.extra_dict, "widgetType": canvas}
    return value


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
