"""The approximations that Apply GLIGEN offers, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .process import Modules

NODE = "GLIGEN_Shortcuts"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """reuse, merge, skip_below: as the Shortcuts node has them; these defaults are the exact run.

    negative: Apply GLIGEN's negative_grounding
    """

    reuse: int = 1
    merge: bool = False
    skip_below: float = 0.0
    negative: str = "null"

    def inputs(self, host: Modules) -> dict[str, Any]:
        """What Apply GLIGEN is given beside its usual inputs."""
        chosen: dict[str, Any] = {"negative_grounding": self.negative}
        if (self.reuse, self.merge, self.skip_below) != (1, False, 0.0):
            node = host("nodes").NODE_CLASS_MAPPINGS[NODE]
            out = node.execute(reuse=self.reuse, merge=self.merge, skip_below=self.skip_below)
            chosen["shortcuts"] = out.result[0]
        return chosen


SHORTCUTS: dict[str, Shortcut] = {
    "reuse 2": Shortcut(reuse=2),
    "reuse 3": Shortcut(reuse=3),
    "reuse 8": Shortcut(reuse=8),
    "merge": Shortcut(merge=True),
    "skip below 0.1": Shortcut(skip_below=0.1),
    "negative off": Shortcut(negative="off"),
    "reuse 2 + merge": Shortcut(reuse=2, merge=True),
}


def available(host: Modules) -> tuple[str, ...]:
    """Names of those that this pack has."""
    there = NODE in host("nodes").NODE_CLASS_MAPPINGS
    plain = ("negative off",)
    return tuple(SHORTCUTS) if there else plain
