"""The noise schedule with its sampling timesteps, and the gate of each step."""

import re
from typing import Any

import torch
from torch import Tensor

from gligen_core.gate.schedule import GateSchedule
from gligen_core.sampling.noise import alphas_cumprod, sampling_timesteps

from .golden import ALPHA_TABLE, Case

EVERY = re.compile(r"alphas_cumprod_every(\d+)")


def is_schedule(case: Case) -> bool:
    return case.module.endswith("make_schedule")


def noise_schedule(case: Case) -> dict[str, Tensor]:
    """For each number of steps n: tN timesteps, aN and aprevN alphas, in rising order of time."""
    alphas = alphas_cumprod(case.params["linear_start"], case.params["linear_end"])
    outputs: dict[str, Tensor] = {}
    for name in case.outputs:
        if every := EVERY.fullmatch(name):
            outputs[name] = torch.from_numpy(alphas[:: int(every[1])].copy())
    for count in case.inputs["n"].tolist():
        timesteps = sampling_timesteps(count)
        now, following = sampling_alphas(timesteps, alphas)
        for name, values in (("t", timesteps), ("a", now), ("aprev", following)):
            outputs[f"{name}{count}"] = torch.from_numpy(values[::-1].copy())
    return outputs


def sampling_alphas(timesteps: Any, alphas: Any) -> tuple[Any, Any]:
    """alpha_bar at each visited timestep, and at the next one; after the last comes timestep 0.

    The official samplers end at alpha_bar[0], not at 1: a little noise stays.
    """
    return alphas[timesteps], alphas[[*timesteps[1:], 0]]


def is_alpha_table(case: Case) -> bool:
    return case.module == ALPHA_TABLE


def alpha_table(case: Case) -> dict[str, Tensor]:
    """The gate of every step, for each (length, phases) that the official function answers."""
    outputs: dict[str, Tensor] = {}
    for number, row in enumerate(case.params["rows"]):
        schedule = GateSchedule.phases(*row["type"])
        gates = [schedule.at_step(step, row["length"]) for step in range(row["length"])]
        outputs[f"row {number}"] = torch.tensor(gates, dtype=torch.float64)
    return outputs
