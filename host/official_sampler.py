"""The official samplers as the host's SAMPLER, and the noise levels that they visit.

The host keeps x in the scale of k-diffusion, sqrt(1 + sigma^2) times that of training.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import comfy.samplers
import torch
from torch import Tensor
from tqdm.auto import tqdm

from ..gligen_core.sampling.inpaint import noised, reimposed
from ..gligen_core.sampling.noise import TRAIN_STEPS, sampling_timesteps
from ..gligen_core.sampling.plms import Evaluation, ddim, plms
from .timing import within_step

Method = Literal["plms", "ddim"]
KnownRegion = Literal["official", "ComfyUI"]

METHODS: dict[str, Callable[..., Tensor]] = {"plms": plms, "ddim": ddim}
LAST_LEVEL = 1e-4  # relative; the official run ends at the level of timestep 0, not at none


def official_sigmas(model_sampling: Any, steps: int) -> Tensor:
    """Noise levels of an official run of so many steps, and the one that it ends at.

    There may be one step more than asked for: see `sampling_timesteps`.
    """
    timesteps = [*sampling_timesteps(steps).tolist(), 0]
    return model_sampling.sigmas[timesteps].float().cpu()


class OfficialSampler(comfy.samplers.Sampler):
    """PLMS (one evaluation more than steps) or DDIM.

    known_region: how the unpainted region is kept when inpainting. "official": x has it put back
    with fresh noise before each step, and what comes out last is the network's; "ComfyUI": as its
    own samplers do, and exactly the picture's in the end.
    """

    def __init__(self, method: Method = "plms", known_region: KnownRegion = "official") -> None:
        self.method, self.known_region = method, known_region

    @torch.no_grad()
    def sample(
        self,
        model_wrap: Any,
        sigmas: Tensor,
        extra_args: dict[str, Any],
        callback: Any,
        noise: Tensor,
        latent_image: Tensor | None = None,
        denoise_mask: Tensor | None = None,
        disable_pbar: bool = False,
    ) -> Tensor:
        """-> b 4 h w; at the official last level in the scale of training, as the official one."""
        levels = sigmas.tolist()
        latent = torch.zeros_like(noise) if latent_image is None else latent_image
        if len(levels) < 2:
            return latent
        put_back = denoise_mask is not None and self.known_region == "official"
        arguments = dict(extra_args)
        model: Any = model_wrap
        if not put_back:
            model = comfy.samplers.KSamplerX0Inpaint(model_wrap, sigmas)  # the host's way
            model.latent_image, model.noise = latent, noise  # pyright: ignore
            arguments["denoise_mask"] = denoise_mask
        clean = latent

        def predict(evaluation: Evaluation) -> Tensor:
            nonlocal clean
            sigma, x = levels[evaluation.level], evaluation.x
            x = x * math.hypot(1, sigma)
            options = within_step(arguments["model_options"], evaluation.step)
            level = x.new_full((len(x),), sigma)
            denoised = model(x, level, **{**arguments, "model_options": options})
            if evaluation.level == evaluation.step:
                clean = denoised
            return (x - denoised) / sigma

        # Not the seed itself: the host drew the run's first noise with that.
        generator = torch.Generator().manual_seed((extra_args.get("seed") or 0) + 1)

        def keep_known(x: Tensor, step: int) -> Tensor:
            if not put_back or denoise_mask is None:
                return x
            fresh = self.fresh_noise(x, step, generator)
            known = noised(latent, fresh, alpha_of(levels[step]))
            return reimposed(x, known, 1 - denoise_mask)

        with tqdm(total=len(levels) - 1, disable=disable_pbar) as bar:

            def after(step: int, x: Tensor, eps: Tensor) -> None:
                bar.update()
                if callback is not None:
                    callback(step, clean, x * math.hypot(1, levels[step + 1]), len(levels) - 1)

            x = METHODS[self.method](
                predict,
                self._start(model_wrap.inner_model.model_sampling, levels, noise, latent),
                [alpha_of(sigma) for sigma in levels],
                keep_known,
                after,
            )
        if denoise_mask is not None and not put_back:
            x = reimposed(x, latent, 1 - denoise_mask)
        first = float(model_wrap.inner_model.model_sampling.sigmas[0])
        ended = levels[-1] <= first * (1 + LAST_LEVEL)
        return x if ended else x * math.hypot(1, levels[-1])

    def fresh_noise(self, x: Tensor, step: int, generator: torch.Generator) -> Tensor:
        """What the known region is noised with before a step; drawn on the CPU, as the host's."""
        return torch.randn(x.shape, generator=generator).to(x)

    def _start(self, sampling: Any, levels: list[float], noise: Tensor, latent: Tensor) -> Tensor:
        """Pure noise where a run begins at the official first level, else the latent, noised."""
        if _begins(sampling, levels) and torch.count_nonzero(noise):
            return noise
        start = sampling.noise_scaling(noise.new_tensor(levels[0]), noise, latent, False)
        return start / math.hypot(1, levels[0])


def alpha_of(sigma: float) -> float:
    """alpha_bar at a noise level of the host."""
    return 1 / (1 + sigma * sigma)


def _begins(sampling: Any, levels: list[float]) -> bool:
    """Whether one more official step before the first would lie outside the schedule."""
    first, second = (
        float(sampling.timestep(torch.tensor([level], device=sampling.sigmas.device))[0])
        for level in levels[:2]
    )
    return first + (first - second) >= TRAIN_STEPS
