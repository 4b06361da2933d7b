"""Text on a node."""

from __future__ import annotations

import sys


def show_text(text: str, node_id: str | None) -> None:
    """Write on the node in the browser; where no server runs, nothing happens."""
    # The server imports itself; to import it where none runs would start half of one.
    server = getattr(getattr(sys.modules.get("server"), "PromptServer", None), "instance", None)
    if server is not None and node_id is not None:
        server.send_progress_text(text, node_id)
