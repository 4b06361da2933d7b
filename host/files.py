"""GLIGEN files in the host's `gligen` model folders: finding, loading, telling them apart."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import comfy.model_patcher
import comfy.ops
import folder_paths
import torch

from ..gligen_core.checkpoint import load_gligen
from ..gligen_core.checkpoint.read import DIFFUSERS_PART, SUFFIXES
from ..gligen_core.errors import GligenError
from ..gligen_core.model import GligenModel
from ..gligen_core.text import excerpt
from .networks import computes_in, copied, managed, narrowed
from .published import where_had

FOLDER = "gligen"
DEMO_WEIGHTS = Path(__file__).parents[1] / "gligen_core" / "demo" / "weights"
# CLIP's text projection for reference images: the official file, or the same as safetensors.
PROJECTION_FILES = ("projection_matrix", "clip_text_projection.safetensors")
NOT_GLIGEN = {"demo_base.safetensors", *PROJECTION_FILES}  # may lie beside GLIGENs


@dataclass(frozen=True, slots=True, eq=False)
class LoadedGligen:
    """A GLIGEN network in the hands of the host's memory management.

    name: as the loader lists it · key: its identity; the same file loaded twice has the same key
    copies: what `beside` has made, by device and dtype
    """

    patcher: comfy.model_patcher.ModelPatcher
    name: str
    key: str
    copies: dict[tuple[Any, torch.dtype | None], Any] = field(default_factory=dict)

    @property
    def model(self) -> GligenModel:
        return self.patcher.model  # type: ignore[return-value]

    def beside(self, patcher: Any) -> Any:
        """The network to attach to a MODEL: on its device, and of half precision if it is.

        patcher: the host's MODEL. Each device has a network of its own.
        """
        device, dtype = patcher.load_device, narrowed(self.model, computes_in(patcher.model))
        if device == self.patcher.load_device and dtype is None:
            return self.patcher

        def make() -> Any:
            return managed(copied(self.model, dtype), make, device)

        if (device, dtype) not in self.copies:
            self.copies[device, dtype] = make()
        return self.copies[device, dtype]


def add_demo_folder() -> None:
    """Let the host's `gligen` list show the demo's file, too."""
    folder_paths.add_model_folder_path(FOLDER, str(DEMO_WEIGHTS))


def gligen_names() -> list[str]:
    """Files and diffusers folders, by the path below their model folder."""
    files = [name for name in folder_paths.get_filename_list(FOLDER) if _may_be_gligen(name)]
    folders = {_diffusers_folder(name) for name in files} - {None}
    alone = [name for name in files if folders.isdisjoint(map(str, PurePath(name).parents))]
    return sorted([*alone, *(folder for folder in folders if folder)])


def _may_be_gligen(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and PurePath(name).name not in NOT_GLIGEN


def _diffusers_folder(name: str) -> str | None:
    """`x` for `x/unet/model.bin`, else None."""
    parents = list(PurePath(name).parents)  # the nearest first, "." last
    unet = next((n for n, p in enumerate(parents) if p.name == DIFFUSERS_PART), None)
    folder = None if unet is None else str(parents[unet + 1])
    return None if folder == "." else folder


def listed_name(name: str) -> str:
    """The name as this system lists it: a workflow from another may have the other slash.

    Raises GligenError for one that is not listed: where it goes, and where it is had.
    """
    names = {slashed(each): each for each in gligen_names()}
    if slashed(name) not in names:
        raise _missing(name)
    return names[slashed(name)]


def slashed(name: str) -> str:
    """A path below a model folder with / between its parts."""
    return name.replace("\\", "/")


def gligen_path(name: str) -> Path:
    """Where a listed file or folder lies; GligenError if it is gone."""
    for written in (name, slashed(name)):
        inside = os.path.relpath(os.path.join("/", written), "/")  # noqa: PTH118 - no way out by ".."
        for root in folder_paths.get_folder_paths(FOLDER):
            if Path(root, inside).exists():
                return Path(root, inside)
    raise _missing(name)


def _missing(name: str) -> GligenError:
    return GligenError(
        f"{excerpt(name)}: no such file in the model folders of {FOLDER!r}. "
        f"Put it into models/{FOLDER} and refresh the list (key R). {where_had(name)}"
    )


def fingerprint(name: str) -> str:
    """Changes when the file does: times and sizes of it, or of all files of the folder."""
    path = gligen_path(name)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [file.stat() for file in files if file.is_file()]
    return f"{max((s.st_mtime_ns for s in stats), default=0)}-{sum(s.st_size for s in stats)}"


def load(name: str, modality: str) -> LoadedGligen:
    """The network of a listed file, still off the device; GligenError says what is wrong with it.

    Its layers cast weights at use, so that any mix of fp8, fp16, bf16 and fp32 works.
    """
    name = slashed(name)
    patcher = _loaded(name, modality)
    return LoadedGligen(patcher, name, f"{FOLDER}/{name}/{modality}/{fingerprint(name)}")


def _loaded(name: str, modality: str) -> Any:
    # The host runs nodes in inference mode; nobody could differentiate through weights made there.
    with torch.inference_mode(False):
        network = load_gligen(gligen_path(name), modality, ops=comfy.ops.manual_cast)
    return managed(network, lambda: _loaded(name, modality))


def describe(gligen: LoadedGligen) -> str:
    """What was found in the file, for a person: mode, base, fusers, parameters, dtype."""
    return f"{gligen.name}\n{gligen.model.info}"
