"""What a GLIGEN file is: its mode, base, fusers and heads.

What a person chose comes first, then the file's config, then its metadata, then names and shapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ..bases import LATENT_CHANNELS, Heads, base_of
from ..bases.blocks import BlockId, block_of_key
from ..bases.sd_keys import FIRST_CONVOLUTION, FUSER, TOKENIZER
from ..errors import GligenError
from ..layers.fuser import FuserKind
from ..modalities import MODALITIES
from ..modalities.modality import Modality
from ..sampling.inpaint import INPAINTING_CHANNELS
from ..text import excerpt
from .declared import declared_of
from .limits import MOST_FUSERS
from .other_files import naming
from .read import CheckpointFile

AUTO = "auto"


DTYPE_NAMES = {
    torch.float32: "fp32",
    torch.float16: "fp16",
    torch.bfloat16: "bf16",
    torch.float8_e4m3fn: "fp8 e4m3",
    torch.float8_e5m2: "fp8 e5m2",
}


class Fusers(NamedTuple):
    """What all fusers of a file share."""

    kind: FuserKind
    context: int  # width of the tokens
    heads: Heads


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    notes: what a person should know, such as how to overrule a guess
    sure: False where the mode is one of several that the weights fit alike
    """

    modality: Modality
    inpaint: bool
    fusers: Fusers
    base: str
    notes: tuple[str, ...] = ()
    sure: bool = True


def detect(file: CheckpointFile, modality: str = AUTO) -> Detection:
    """Tell what a file is. modality: "auto" or a name of MODALITIES, which the file must fit.

    Raises GligenError where the weights are of no known mode, of another than was chosen, or
    where a part that the mode needs is missing.
    """
    with naming(file.path):
        return _detect(file, modality)


def _detect(file: CheckpointFile, modality: str) -> Detection:
    declared = declared_of(file)
    row, note, sure = _modality(file, modality, declared.mode)
    inpaint = _inpaint(file, row, declared.inpaint)
    count = len(blocks(file.shapes))
    if not 0 < count <= MOST_FUSERS:
        raise GligenError(
            f"{file.path.name}: {count:,} fusers in blocks of a UNet; expected 1 to {MOST_FUSERS}. "
            "Take the original."
        )
    context = _context(file)
    known = base_of(context)
    heads = declared.heads or (known.heads if known else Heads())
    fusers = Fusers(_kind(file, declared.fuser), context, heads)
    base = known.title if known else excerpt(declared.base or "custom base", 60)
    return Detection(row, inpaint, fusers, base, (note,) if note else (), sure)


def describe(file: CheckpointFile, found: Detection) -> str:
    """The same for a person: mode and base, then the fusers and the size, then the notes."""
    title = f"{found.modality.title}{' inpainting' if found.inpaint else ''}"
    count = sum(tensor.count for tensor in file.tensors.values())
    lines = [
        f"{title} · {found.base} (context {found.fusers.context})",
        f"{len(blocks(file.shapes))} fusers ({found.fusers.kind}) · "
        f"{count / 1e6:.1f} M parameters · {_dtypes(file)}",
        *found.notes,
    ]
    return "\n".join(lines)


def blocks(shapes: Mapping[str, Any]) -> tuple[BlockId, ...]:
    """The blocks that have a fuser, in the order in which the UNet runs them."""
    found = {block_of_key(name) for name in shapes if FUSER in name} - {None}
    return tuple(sorted((block for block in found if block), key=lambda block: block.order))


class _Choice(NamedTuple):
    row: Modality
    note: str = ""
    sure: bool = True


def _modality(file: CheckpointFile, modality: str, claimed: str | None) -> _Choice:
    fits = {name: row for name, row in MODALITIES.items() if row.signature.holds(file.shapes)}
    if not fits:
        raise GligenError(f"{file.path.name}: {_unknown_tokenizer(file)}")
    if modality != AUTO and modality not in fits:
        raise GligenError(
            f"{file.path.name}: its weights are those of {' or '.join(fits)}, not of "
            f"{modality!r}. Set `modality` to {AUTO!r}."
        )
    named = [name for name in fits if name in _place(file.path)]
    both = " and ".join(fits)
    if modality != AUTO:
        return _Choice(fits[modality])
    if claimed in fits:
        return _Choice(fits[claimed])
    if len(fits) == 1:
        return _Choice(next(iter(fits.values())))
    if len(named) == 1:
        note = f"The weights fit {both} alike; the file's name says {named[0]}."
        return _Choice(fits[named[0]], note)
    first = next(iter(fits.values()))
    note = (
        f"The weights fit {both} alike, and the file names neither. Taken as {first.name}; "
        "either serves. Set `modality` to name it."
    )
    return _Choice(first, note, sure=False)


def _place(path: Path) -> str:
    """The file's name and its folders', as far as they can name a mode: x/unet/model.bin"""
    return "/".join(path.parts[-3:]).lower()


def _unknown_tokenizer(file: CheckpointFile) -> str:
    names = sorted({".".join(n.split(".")[:2]) for n in file.tensors if n.startswith(TOKENIZER)})
    if not names:
        return (
            f"fusers, but no tokenizer: no name starts with {TOKENIZER!r}. The file is only a "
            "part of a GLIGEN; choose the whole one."
        )
    return (
        f"a tokenizer of no known kind ({excerpt(', '.join(names))}); known are "
        f"{', '.join(MODALITIES)}. Choose a GLIGEN of one of these."
    )


def _inpaint(file: CheckpointFile, row: Modality, claimed: bool | None) -> bool:
    """Read off the first convolution where there is one."""
    shape = file.shapes.get(f"{FIRST_CONVOLUTION}weight")
    usual = LATENT_CHANNELS + row.extra_channels
    if shape is not None and shape[1] == usual:
        return False
    if shape is not None and shape[1] == usual + INPAINTING_CHANNELS:
        return True
    if shape is not None:
        raise GligenError(
            f"{file.path.name}: its first convolution takes {shape[1]} channels; {row.name} has "
            f"{usual}, or {usual + INPAINTING_CHANNELS} for inpainting. The file is mixed of two "
            "models; choose the original."
        )
    if claimed or row.extra_channels:
        raise GligenError(
            f"{file.path.name}: {row.name}{' inpainting' if claimed else ''} without its first "
            f"convolution ('{FIRST_CONVOLUTION}weight'). It was lost when the file was made "
            "smaller; take the original and make it smaller with Save GLIGEN."
        )
    return False


def _context(file: CheckpointFile) -> int:
    """Width of the tokens: what a fuser projects, or in gatedCA what it takes keys from."""
    block = blocks(file.shapes)[0]
    prefix = f"{block.ldm_prefix}fuser."
    for name in ("linear.weight", "attn.to_k.weight"):
        if f"{prefix}{name}" in file.shapes:
            return file.shapes[f"{prefix}{name}"][1]
    raise GligenError(
        f"{file.path.name}: the fuser at {block} lacks 'attn.to_k.weight'. "
        "The file is damaged; download it again."
    )


def _kind(file: CheckpointFile, claimed: str | None) -> FuserKind:
    """gatedSA and gatedSA2 have the same weights; every published file is gatedSA."""
    if not any(name.endswith(f"{FUSER}linear.weight") for name in file.tensors):
        return "gatedCA"
    return "gatedSA2" if claimed == "gatedSA2" else "gatedSA"


def _dtypes(file: CheckpointFile) -> str:
    """The dtypes of the weights, the one of most parameters first."""
    counts: Counter[torch.dtype] = Counter()
    for tensor in file.tensors.values():
        counts[tensor.dtype] += tensor.count
    return ", ".join(
        DTYPE_NAMES.get(dtype, str(dtype).removeprefix("torch."))
        for dtype, _ in counts.most_common()
    )
