"""Prompt of a layout: a caption, and behind it the phrases that it does not name."""

from __future__ import annotations

import json

from .types import Layout

SEPARATOR = "; "


def append_grounding(caption: str, layout: Layout) -> str:
    """The caption with every phrase that is not in it, in order, each behind "; ".

    The official demo's "append grounding" (demo/app.py, auto_append_grounding), so case counts and
    a phrase that two boxes share is named once. An empty caption gives way to the layout's own
    `prompt`, and an empty prompt begins with the first phrase.
    """
    prompt = caption.strip() or _own_prompt(layout)
    for entity in layout.entities:
        phrase = entity.text.strip()
        if phrase not in prompt:
            prompt = f"{prompt}{SEPARATOR}{phrase}" if prompt else phrase
    return prompt


def _own_prompt(layout: Layout) -> str:
    prompt = json.loads(dict(layout.extra).get("prompt", '""'))
    return prompt.strip() if isinstance(prompt, str) else ""
