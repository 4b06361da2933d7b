"""What the page of the bench says beside its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import tables
from .reading import Reading


@dataclass(frozen=True, slots=True)
class Chapter:
    """words: what the table shows and how it was measured · table: its rows, the head first"""

    title: str
    words: str
    table: Callable[[Reading], Sequence[tables.Row]]


INTRODUCTION = """\
# What a grounded step costs

Made by `python3 dev.py bench` from the numbers kept beside this page (`bench_cpu.json`,
`bench_cuda.json`); `dev.py bench --report` writes it anew from them.

All subjects run in one process on the same weights: a Stable Diffusion 1.5 UNet and a text-box
GLIGEN of full size, filled with seeded random numbers (what a step costs does not depend on them).
They are the plain UNet in ComfyUI; ComfyUI's own GLIGENLoader and GLIGENTextBoxApply; this pack;
and diffusers' `StableDiffusionGLIGENPipeline`. All step by Euler with guidance 7.5 and attend by
torch's own attention function. They take turns, round after round, each round beginning with
another of them; a ratio is taken within its round, to the plain step of that round. Numbers are
medians, with the quartiles in brackets.

The clock runs from the beginning of the sampler (of diffusers: from its first UNet call, so that
its encoding of phrases does not count) to the end of the last step. Prompts are encoded before
that, by a CLIP text encoder of the real width with two layers.

On Linux the heap of this process is kept as it grows (`MALLOC_MMAP_MAX_=0`, and
`MALLOC_TRIM_THRESHOLD_` out of reach). Otherwise the C library gives large buffers back after each
use and has their pages cleared anew, which takes an eighth of the time of a step on a CPU and meets
the subjects by chance. Memory is measured without that.
"""

NO_GPU = """\
## On a GPU

Not measured: no GPU was to be had. `dev.py bench --device cuda` fills this in, in fp16 and bf16,
with kernel launches.
"""

CHAPTERS = (
    Chapter("Targets", "What was asked for before the work began.", tables.targets),
    Chapter(
        "One step",
        """\
On a CPU a step takes seconds, and the full product of the axes would take hours. So there is a
base, 256 x 256 pixels with 4 boxes, and cases that differ from it in one thing; the slowest run the
fewest steps. On a GPU the product is run. How steady the machine was, the plain step tells: what
differs by less than its quartiles do is no difference, unless all cases agree on it. "Floor" is the
arithmetic of a grounded step over that of a plain one, counted by torch: no exact computation of
the fusers can take a smaller share.""",
        tables.steps,
    ),
    Chapter(
        "A whole run",
        """\
With the official phases the gate is open for the first .3 of the steps and shut for the rest,
which then cost what plain steps cost.""",
        tables.phases,
    ),
    Chapter(
        "Calls",
        """\
Per step of the base case. "Pictures in each" counts both sides of the guidance: the stock nodes
ground only the positive, so that the host cannot put the two sides into one batch.""",
        tables.calls,
    ),
    Chapter(
        "The host's work",
        """\
A UNet with SD1.5's 16 blocks of a tenth of the width, on one thread, 64 x 64 pixels: what grounding
costs in Python and in small operations, whatever the size of the model.""",
        tables.overhead,
    ),
    Chapter("Kernel launches", "Per step, by torch's profiler.", tables.kernels),
    Chapter(
        "Memory",
        """\
Each subject alone in a process: the most it held during one step, after a small first one (on a CPU
all that is resident, mapped files too; on a GPU what torch allocated). Kept: bytes in tensors
between two evaluations of a run, and after it, beyond what there was before.""",
        tables.memory,
    ),
    Chapter(
        "Opening an fp16 file",
        "Peak: what the process held beyond what it held before.",
        tables.opening,
    ),
    Chapter(
        "Growth",
        """\
Above 30 boxes the tokens grow with them (a limit that Ground keeps, and the core does not); below,
the official 30 places are filled up.""",
        tables.growth,
    ),
    Chapter(
        "Shortcuts",
        """\
Off by default. Time: on the full-size weights with the gate open; in these random weights all
blocks are equally strong, so that `skip below` finds none to leave out. Pictures: of the demo model
(Euler, 24 steps, guidance 4.5, gate open all the way) for held-out layouts, beside the exact ones
of the same seeds; PSNR is the mean over them, IoU that of asked and found boxes.""",
        tables.shortcuts,
    ),
    Chapter(
        "Canvases",
        """\
The page's own work for one pointer move and the redraw that follows, in Chromium without a GPU.""",
        tables.canvas,
    ),
    Chapter(
        "Layouts",
        """\
On the demo model. Loop: how many of four small objects end up in their boxes (IoU over 0.5) at the
first try, with the official phases; in the best of some tries with new seeds only; and in the best
of as many with the closed loop (Next Try). Motion: the example workflow of an animated batch.""",
        tables.layouts,
    ),
)
