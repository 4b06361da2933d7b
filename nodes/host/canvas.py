"""Inputs that are drawn instead of typed."""

from __future__ import annotations

from typing import TypeVar

from comfy_api.latest import io

InputType = TypeVar("InputType", bound=io.Input)


def drawn_on(canvas: str, value: InputType) -> InputType:
    """The input with one of the editors of web/ as its widget; its type stays what it is.

    canvas: the `widgetType` of an EditorKind in web/. Not the host's own `widget_type`, which would
    change the input's type, so that no STRING could be wired into it any more.
    """
    value.extra_dict = {**value.extra_dict, "widgetType": canvas}
    return value
