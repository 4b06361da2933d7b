"""Class maps from class numbers, from a palette's colours, and from masks with names.

A class map is b 1 H W, class numbers, uint8: 0 unlabelled, then `ade20k.CLASSES` from 1.
"""

from collections.abc import Sequence
from difflib import get_close_matches

import torch
from torch import Tensor

from ..errors import GligenError
from .ade20k import AMBIGUOUS_COLOUR, CLASSES, NOT_AS, READ_AS, UNLABELLED

TOLERANCE = 3  # levels of 255 per channel, for what saving and loading rounds
BLACK = (0, 0, 0)
NUMBERS = {semantic.name: number for number, semantic in enumerate(CLASSES, start=1)}
# Colour -> class. Of two classes with one colour the last written stays: the one that is read.
PALETTE = {semantic.colour: number for number, semantic in enumerate(CLASSES, start=1)} | {
    AMBIGUOUS_COLOUR: NUMBERS[READ_AS],
    BLACK: UNLABELLED,
}


def from_numbers(image: Tensor, classes: int, where: str) -> Tensor:
    """image: b H W c in 0..1, grey levels that are class numbers / 255 -> class map.

    As ADE20K's annotation files are loaded. GligenError for a colour, or for a class of
    `classes` or more.
    """
    levels = _levels(image, where)
    if (levels != levels[..., :1]).any():
        raise GligenError(
            f"{where}: the map has colours; expected grey levels that are class numbers. "
            "Set `map_reads` to 'colours'."
        )
    largest = int(levels.max())
    if largest >= classes:
        raise GligenError(
            f"{where}: the map has class {largest}; this GLIGEN knows 0 to {classes - 1}. Repaint "
            "it with ADE20K's class numbers (0 unlabelled, 1 wall, 2 building, ...)."
        )
    return levels[..., :1].movedim(-1, 1)


def from_colours(image: Tensor, where: str, tolerance: int = TOLERANCE) -> Tensor:
    """image: b H W 3 in 0..1, ADE20K's colours, black unlabelled -> class map.

    tolerance: how far a channel may be off, in levels of 255. GligenError where a colour is
    further from every class's, such as the mixtures along anti-aliased edges.
    """
    levels = _levels(image, where)
    palette = torch.tensor(list(PALETTE), dtype=torch.int16)
    numbers = torch.tensor(list(PALETTE.values()), dtype=torch.uint8)
    colours, places = torch.unique(levels.reshape(-1, 3), dim=0, return_inverse=True)
    distances = (colours.short()[:, None] - palette).abs().amax(dim=-1)
    distance, nearest = distances.min(dim=1)
    _check_known(colours, distance > tolerance, places, where, tolerance)
    return numbers[nearest][places].reshape(*levels.shape[:-1], 1).movedim(-1, 1)


def ambiguous_note(class_map: Tensor) -> str:
    """What to tell of a map read from colours that has the ambiguous grey; "" for others."""
    if not (class_map == NUMBERS[READ_AS]).any():
        return ""
    return (
        f"ADE20K paints {READ_AS} and {NOT_AS} in the same grey {AMBIGUOUS_COLOUR}; it was read as "
        f"{READ_AS}. For {NOT_AS} give class numbers, or a mask with its name."
    )


def from_masks(masks: Tensor, names: Sequence[str], where: str) -> Tensor:
    """masks: n H W, 1 selected, one per name; a later one lies on top -> class map of one.

    names: of `ade20k.CLASSES`
    """
    if len(masks) != len(names):
        raise GligenError(
            f"{where}: {len(masks)} masks and {len(names)} class names; expected one name per "
            "mask, in the same order."
        )
    class_map = torch.zeros(1, 1, *masks.shape[1:], dtype=torch.uint8)
    for mask, name in zip(masks, names, strict=True):
        class_map[0, 0, mask > 0.5] = class_number(name, where)
    return class_map


def class_number(name: str, where: str) -> int:
    """The number of a class by its name; GligenError with the nearest names for another."""
    wanted = name.strip().lower()
    if wanted not in NUMBERS:
        near = ", ".join(repr(match) for match in get_close_matches(wanted, NUMBERS, n=3))
        raise GligenError(
            f"{where}: {name!r} is no class of ADE20K. "
            + (f"Did you mean {near}?" if near else "Examples: wall, sky, tree, person, sofa.")
        )
    return NUMBERS[wanted]


def _levels(image: Tensor, where: str) -> Tensor:
    """-> b H W c, 0..255, uint8"""
    if image.shape[-1] == 4:
        raise GligenError(
            f"{where}: the map has an alpha channel; expected red, green and blue. "
            "Take the IMAGE without its alpha."
        )
    return (image.float() * 255).round().clamp(0, 255).to(torch.uint8)


def _check_known(
    colours: Tensor, unknown: Tensor, places: Tensor, where: str, tolerance: int
) -> None:
    if not unknown.any():
        return
    share = unknown[places].float().mean().item()
    example = tuple(colours[unknown][0].tolist())
    raise GligenError(
        f"{where}: {share:.1%} of the map's pixels have none of ADE20K's colours, such as "
        f"{example} ({int(unknown.sum())} colours in all; tolerance {tolerance} of 255). Smoothed "
        "edges do this: resize such maps with 'nearest' only, save them as PNG, and paint what is "
        "unlabelled black."
    )
