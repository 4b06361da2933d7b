"""Text on a node."""

from __future__ import annotations

import sys

from comfy_api.latest import io, ui

from ..gligen_core.text import writable
from .names import named


def text_on(node: type[io.ComfyNode], text: str) -> ui.PreviewText:
    """What to return as a node's `ui`, having written the text on it in the browser.

    The node must ask for its `unique_id`. Where no server runs nothing is written, nor is "".
    """
    text = writable(named(text))
    send_text(text, getattr(node.hidden, "unique_id", None))
    return ui.PreviewText(text)


def send_text(text: str, node_id: str | None) -> None:
    """Write a text on a node in the browser; not "", and not where no server runs."""
    # The server imports itself; to import it where none runs would start half of one.
    server = getattr(getattr(sys.modules.get("server"), "PromptServer", None), "instance", None)
    if text and server is not None and node_id is not None:
        server.send_progress_text(writable(text), node_id)
