"""The words that the demo's text encoder was not trained with: named, wherever a text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from comfy.sd1_clip import SD1Tokenizer
from comfy_execution.utils import get_executing_context

from ..gligen_core.layout import Layout
from ..gligen_core.text import excerpt, logger
from .display import send_text
from .names import named

_log = logger(__name__)
_WORD = re.compile(r"[^\W\d_]+")  # not the numbers and brackets of weights


class DemoTokenizer(SD1Tokenizer):
    """The host's tokenizer, which says what the demo was never shown, on the node that reads it."""

    known: frozenset[int] = frozenset()  # ids of tokens; `host_clip` sets what its weights hold

    def tokenize_with_weights(self, text: str, *args: Any, **options: Any) -> Any:
        if words := self.not_known(text):
            note = _note(words)
            _log.warning("%s", note)
            running = get_executing_context()
            send_text(note, running.node_id if running else None)
        return super().tokenize_with_weights(text, *args, **options)

    def not_known(self, text: str) -> list[str]:
        """Words of the text with a token that has no embedding, in their order, each once."""
        words = dict.fromkeys(_WORD.findall(text.lower()))
        return [word for word in words if not self.known.issuperset(self._tokens(word))]

    def _tokens(self, word: str) -> list[int]:
        tokens = self.clip_l.tokenizer(word)["input_ids"]  # pyright: ignore[reportAttributeAccessIssue]
        return tokens[1:-1]  # without the start and the end


def words_not_known(clip: Any, layouts: Iterable[Layout]) -> list[str]:
    """A sentence on the phrases' words that the demo's CLIP does not know; none for other CLIPs."""
    tokenizer = getattr(clip, "tokenizer", None)
    if not isinstance(tokenizer, DemoTokenizer):
        return []
    phrases = " ".join(entity.text for layout in layouts for entity in layout.entities)
    words = tokenizer.not_known(phrases)
    return [_note(words)] if words else []


def _note(words: list[str]) -> str:
    return named(
        f"GLIGEN_DemoModel: it was not trained with these words, which mean nothing to it: "
        f"{excerpt(', '.join(words))}. Its help page lists those that it knows."
    )
