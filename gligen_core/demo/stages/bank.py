"""Drawn and encoded scenes, made once and kept in files.

A step's scenes depend on the recipe, the seed and the step alone; drawing and encoding them costs
a sixth of a training step, so they come back after some 200,000.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..chance import chance_of, generator_of
from ..drawings import CANVASES, THING_NAMES, Items, canvas_at, items_of, pictures, random_scenes
from ..parts.autoencoder import CELL_PX, Autoencoder
from ..world.backgrounds import BACKGROUNDS
from ..world.painting import item_map
from ..world.random_scene import Choice
from ..world.scene import Scene

BACKGROUND_NAMES = tuple(BACKGROUNDS)
# Batches in a file: many small ones share it; a large one has its own, so that a GPU's workers,
# which each make other steps, don't make the same file.
CHUNK, CHUNK_SCENES = 16, 512
SCENES = 40_960  # per place in CANVASES, before they come back
ENCODED_AT_ONCE = 32


class Encoded(NamedTuple):
    """b scenes. latents: b 4 h w, in the model's scale · background: b, rows of BACKGROUND_NAMES

    cells: b h w, what each latent cell shows: 0 the background, else 1 + row of THING_NAMES
    """

    latents: Tensor
    cells: Tensor
    background: Tensor
    items: Items


@dataclass(slots=True)
class Bank:
    """The scenes of each step. phases: (first step, choice), in order"""

    autoencoder: Autoencoder
    folder: Path
    seed: int
    batch: int
    phases: tuple[tuple[int, Choice], ...]
    process: int = 0
    kept: dict[str, tuple[int, dict[str, Tensor]]] = field(default_factory=dict)

    @property
    def chunk(self) -> int:
        """Batches in a file."""
        return max(1, min(CHUNK, CHUNK_SCENES // self.batch))

    def at(self, step: int) -> Encoded:
        choice = next(choice for first, choice in reversed(self.phases) if step >= first)
        turn, place = divmod(step, len(CANVASES))
        chunk, part = divmod(turn, self.chunk)
        tensors = self._chunk(choice, place, chunk % max(1, SCENES // (self.chunk * self.batch)))
        generator = generator_of(self.seed, "order", place, chunk)
        order = torch.randperm(self.chunk * self.batch, generator=generator)
        rows = order[part * self.batch : (part + 1) * self.batch]
        latents, cells, background, boxes, present, thing, colour = (
            tensors[name][rows] for name in NAMES
        )
        items = Items(boxes, present, thing.long(), colour.long())
        return Encoded(latents.float(), cells.long(), background.long(), items)

    def _chunk(self, choice: Choice, place: int, chunk: int) -> dict[str, Tensor]:
        """One file's tensors, by NAMES; made where there is none, and kept until the next."""
        name = f"{zlib.crc32(repr((choice, self.seed, self.batch, self.process)).encode()):08x}"
        slot = f"{name}-{place}"
        if slot not in self.kept or self.kept[slot][0] != chunk:
            self.kept[slot] = (chunk, self._read(choice, place, chunk, name))
        return self.kept[slot][1]

    def _read(self, choice: Choice, place: int, chunk: int, name: str) -> dict[str, Tensor]:
        file = self.folder / "bank" / name / f"{place}-{chunk:04d}.safetensors"
        try:
            return load_file(file)
        except (FileNotFoundError, SafetensorError):  # not made yet, or cut short
            tensors = self._make(choice, place, chunk)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        save_file(tensors, unfinished)
        unfinished.replace(file)
        return tensors

    def _make(self, choice: Choice, place: int, chunk: int) -> dict[str, Tensor]:
        size = canvas_at(place)
        chance = chance_of(self.seed, f"bank {place} {choice}", chunk, self.process)
        scenes = random_scenes(chance, self.chunk * self.batch, choice, size)
        encoded = encode(self.autoencoder, scenes, size)
        values = (
            encoded.latents.half(),
            encoded.cells.byte(),
            encoded.background.byte(),
            encoded.items.boxes,
            encoded.items.present,
            encoded.items.thing.byte(),
            encoded.items.colour.to(torch.int8),
        )
        return dict(zip(NAMES, (value.contiguous() for value in values), strict=True))


NAMES = ("latents", "cells", "background", "boxes", "present", "thing", "colour")


@torch.no_grad()
def encode(autoencoder: Autoencoder, scenes: list[Scene], size: tuple[int, int]) -> Encoded:
    """size: height and width in pixels"""
    height, width = (side // CELL_PX for side in size)
    drawn = pictures(scenes, size).split(ENCODED_AT_ONCE)
    shown = torch.stack([torch.from_numpy(item_map(scene, height, width)) for scene in scenes]) + 1
    things = torch.zeros(len(scenes), 256, dtype=torch.long)  # item number -> what it is
    for row, scene in enumerate(scenes):
        for number, item in enumerate(scene.items, 1):
            things[row, number] = 1 + THING_NAMES.index(item.thing)
    return Encoded(
        torch.cat([autoencoder.latents(few) for few in drawn]),
        things.gather(1, shown.flatten(1)).view_as(shown),
        torch.tensor([BACKGROUND_NAMES.index(scene.background) for scene in scenes]),
        items_of(scenes),
    )
