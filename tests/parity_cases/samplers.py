"""Whole runs of the official samplers: guidance, gate, null grounding, inpainting."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gligen_core.gate.schedule import GateSchedule
from gligen_core.sampling.inpaint import noised, reimposed
from gligen_core.sampling.noise import alphas_cumprod, sampling_timesteps
from gligen_core.sampling.plms import Evaluation, ddim, plms

from .golden import Case
from .networks import extra_of, inputs_of, is_unet, networks_of
from .schedules import sampling_alphas

SAMPLERS = {"PLMSSampler": plms, "DDIMSampler": ddim}


def is_run(case: Case) -> bool:
    network = case.network
    return case.module.rpartition(".")[2] in SAMPLERS and network is not None and is_unet(network)


def trajectory(case: Case) -> dict[str, Tensor]:
    """Latents after each step, the guided eps of each step, and what inpainting fed the network."""
    params, inputs, network = case.params, case.inputs, case.network
    assert network is not None
    networks = networks_of(network)
    gligen = networks.gligen
    grounding = inputs_of(case)
    tokens = gligen.position_net(grounding)
    null = gligen.position_net.null_tokens(grounding.slots).expand(len(tokens), -1, -1)
    extra = extra_of(case, networks, grounding, inputs["start_noise"])
    alphas = _alphas(params)
    timesteps = sampling_timesteps(params["steps"])
    now, following = sampling_alphas(timesteps, alphas)
    levels = [*now.tolist(), following[-1].item()]
    schedule = GateSchedule.phases(*params["alpha_type"])
    seen: dict[str, list[Tensor]] = {}

    def predict(evaluation: Evaluation) -> Tensor:
        gate = schedule.at_step(evaluation.step, len(timesteps))
        # A shut gate brings SD's own first convolution back, but for inpainting.
        own = gate == 0 and not gligen.inpaint
        time = torch.full((len(tokens),), int(timesteps[evaluation.level]))
        eps, eps_null = (
            networks.eps(evaluation.x, time, context, rows, gate, None if own else extra)
            for context, rows in ((inputs["context"], tokens), (inputs["uc"], null))
        )
        return eps_null + params["guidance_scale"] * (eps - eps_null)

    def put_back(x: Tensor, step: int) -> Tensor:
        if gligen.inpaint:
            known = noised(inputs["z0"], inputs["q_noise"][step], levels[step])
            x = reimposed(x, known, inputs["mask"])
            seen.setdefault("latents_before_model", []).append(x)
        return x

    def note(step: int, x: Tensor, eps: Tensor) -> None:
        seen.setdefault("latents_after", []).append(x)
        seen.setdefault("eps_guided", []).append(eps)

    sampler = SAMPLERS[case.module.rpartition(".")[2]]
    final = sampler(predict, inputs["start_noise"], levels, put_back, note)
    return {"final": final, **{name: torch.stack(steps) for name, steps in seen.items()}}


def _alphas(params: Mapping[str, Any]) -> Any:
    ends = {name: params[name] for name in ("linear_start", "linear_end") if name in params}
    return alphas_cumprod(**ends)
