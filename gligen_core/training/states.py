"""Saved states of a training run: whole or not there, the one before kept beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from accelerate import Accelerator

from ..errors import GligenError

BEFORE, UNFINISHED = ".before", ".unfinished"  # endings of a state's folder


def save_state(accelerator: Accelerator, state: Path) -> None:
    """Write what `accelerator` was given to the folder `state`; every process calls it.

    A process that is killed, or a disk that is full, leaves the last state as it was.
    Errors: GligenError where the disk refuses.
    """
    unfinished = state.with_name(state.name + UNFINISHED)
    if accelerator.is_main_process:
        shutil.rmtree(unfinished, ignore_errors=True)
    accelerator.wait_for_everyone()
    try:
        accelerator.save_state(str(unfinished))
    except (OSError, RuntimeError) as error:
        raise GligenError(
            f"{state}: the state could not be saved ({error}). The one saved before it is whole: "
            "make room on the disk and start the same command again."
        ) from error
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        _replace(unfinished, state)
    accelerator.wait_for_everyone()


def load_state(accelerator: Accelerator, state: Path) -> str:
    """Read the last whole state, if there is any; returns a word on it for the person, or "".

    Errors: GligenError where states are there and none can be read.
    """
    before = state.with_name(state.name + BEFORE)
    kept = [folder for folder in (state, before) if folder.exists()]
    reasons: list[str] = []
    for folder in kept:
        try:
            accelerator.load_state(str(folder))
        except Exception as error:  # a damaged file fails in many ways
            reasons.append(f"{folder} can't be read ({type(error).__name__}: {error})")
        else:
            return "; ".join([*reasons, f"going on from {folder}"])
    if kept:
        raise GligenError(
            f"{'; '.join(reasons)}. Training would begin anew: remove these folders if that is "
            "what you want."
        )
    return ""


def _replace(unfinished: Path, state: Path) -> None:
    before = state.with_name(state.name + BEFORE)
    if state.exists():
        shutil.rmtree(before, ignore_errors=True)
        state.rename(before)
    unfinished.rename(state)
