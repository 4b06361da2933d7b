"""A folder of golden cases: `manifest.json` and one safetensors file per case.

Tensors are named `w.*` (weights), `in.*` and `out.*`. Weights too large to store are made again
from a recipe: the manifest's `recipe_weights` gives key and shape, `salt` the seed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

ALPHA_TABLE = "alpha_generator"  # a table of the manifest that is treated as a case of its own
ALPHA_TOLERANCE = {"rtol": 0, "atol": 1e-12}  # Python floats: the last bit depends on the formula
NORM = "grad_norm."  # outputs that the manifest holds: the length of each parameter's gradient
SCALAR_GATES = {"alpha_attn": 0.7, "alpha_dense": -0.4}
SHARP_ATTENTION = 1.5  # factor on to_q and to_k, so that grounding tokens matter
QUIET_OUTPUT = 0.35  # factor on the UNet's last convolution, so that sampling stays tame


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what the official module got and gave. `meta` is its entry in the manifest.

    network: for a case that runs another's network, that case, with this one's weights in it.
    """

    name: str
    meta: Mapping[str, Any]
    weights: dict[str, Tensor] = field(default_factory=dict)
    inputs: dict[str, Tensor] = field(default_factory=dict)
    outputs: dict[str, Tensor] = field(default_factory=dict)
    network: Case | None = None

    @property
    def module(self) -> str:
        """The official class or function, such as `ldm.modules.attention.BasicTransformerBlock`."""
        return self.meta.get("module", "")

    @property
    def params(self) -> Mapping[str, Any]:
        """What the official class or function was made or called with."""
        return self.meta.get("params", {})

    @property
    def tolerance(self) -> tuple[float, float]:
        """(rtol, atol): |ours - official| <= atol + rtol * |official|."""
        tolerance = self.meta.get("tol", {})
        return tolerance.get("rtol", 1e-4), tolerance.get("atol", 1e-5)

    def atol(self, output: str) -> float | Tensor:
        """That of one output: of a whole run's latents, each step has its own."""
        steps = self.meta.get("atol_per_step")
        if steps and output.startswith("latents_"):
            values = torch.tensor(steps, dtype=torch.float64)
            if output == "latents_before_model":  # as exact as the latent of the step before
                values = values.roll(1)
                values[0] = self.tolerance[1]
            return values.reshape(-1, 1, 1, 1, 1)
        return self.tolerance[1]


def case_names(folder: Path) -> tuple[str, ...]:
    """All cases of the folder, the table of alphas last."""
    manifest = _manifest(folder)
    return (*manifest["cases"], *([ALPHA_TABLE] if ALPHA_TABLE in manifest else []))


def load_case(folder: Path, name: str) -> Case:
    """One case with all its tensors, those of the recipe and of `weights_from` included."""
    manifest = _manifest(folder)
    if name == ALPHA_TABLE:
        return _alpha_table(manifest)
    meta = manifest["cases"][name]
    parts: dict[str, dict[str, Tensor]] = {"w": {}, "in": {}, "out": {}}
    for key, tensor in load_file(folder / meta["file"]).items():
        part, _, rest = key.partition(".")
        parts[part][rest] = tensor.float() if part == "w" else tensor
    network = load_case(folder, meta["weights_from"]) if meta.get("weights_from") else None
    recipe = meta.get("recipe_weights", {})
    own = parts["w"] | {key: _by_recipe(meta["salt"], key, recipe[key]) for key in recipe}
    weights = {**network.weights, **own} if network else own
    norms = {NORM + key: torch.tensor(norm) for key, norm in meta.get("grad_norms", {}).items()}
    return Case(
        name,
        meta,
        weights,
        parts["in"],
        parts["out"] | norms,
        network and replace(network, weights=weights),
    )


def _manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def _alpha_table(manifest: Mapping[str, Any]) -> Case:
    """The rows that the official function answered, one output each."""
    rows = [row for row in manifest[ALPHA_TABLE] if "alphas" in row]
    outputs = {
        f"row {number}": torch.tensor(row["alphas"], dtype=torch.float64)
        for number, row in enumerate(rows)
    }
    meta = {"module": ALPHA_TABLE, "params": {"rows": rows}, "tol": ALPHA_TOLERANCE}
    return Case(ALPHA_TABLE, meta, outputs=outputs)


def _by_recipe(salt: str, key: str, shape: list[int]) -> Tensor:
    """A pseudo-random parameter: numpy's frozen MT19937 stream, seeded by salt and key."""
    seed = zlib.crc32(f"{salt}/{key}".encode())
    # The legacy generator on purpose: its stream never changes.
    normal = np.random.RandomState(seed).standard_normal(shape or (1,))
    values = (_spread(key, shape) * normal + _centre(key, shape)).astype(np.float32)
    return torch.from_numpy(values.reshape(shape)).half().float()  # stored weights are fp16


def _centre(key: str, shape: list[int]) -> float:
    name = key.split(".")[-1]
    if not shape:
        return SCALAR_GATES.get(name, 0.0)
    return 1.0 if name == "weight" and len(shape) == 1 else 0.0  # the gain of a norm


def _spread(key: str, shape: list[int]) -> float:
    name = key.split(".")[-1]
    if not shape:
        return 0.0 if name in SCALAR_GATES else 1.0
    if len(shape) == 1:
        if name == "weight":
            return 0.2
        return 0.5 if "null" in name or name == "gamma" else 0.1
    if "embedding" in name:
        return 0.5
    factor = SHARP_ATTENTION if {"to_q", "to_k"} & set(key.split(".")[:-1]) else 1.0
    if key == "out.2.weight":
        factor = QUIET_OUTPUT
    return factor / sqrt(prod(shape[1:]))
