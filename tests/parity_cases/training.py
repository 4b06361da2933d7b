"""One training step: the noised latents, the loss, and the gradients of what is trained."""

import torch
from torch import Tensor
from torch.nn import functional

from gligen_core.bases.blocks import parse_block
from gligen_core.training.objective import signal_and_noise

from .golden import NORM, Case
from .networks import FIRST_CONVOLUTION, Networks, extra_of, inputs_of, is_unet, networks_of

GRADIENT = "grad."


def is_training_step(case: Case) -> bool:
    network = case.network
    return case.module.startswith("trainer.") and network is not None and is_unet(network)


def step(case: Case) -> dict[str, Tensor]:
    """The official loss: the mean of (eps - noise)^2, grounded, with every fuser open."""
    assert case.network is not None
    networks, inputs = networks_of(case.network), case.inputs
    z, noise, timesteps = inputs["z"], inputs["noise"], inputs["timesteps"]
    signal, spread = signal_and_noise(timesteps)
    noisy = signal * z + spread * noise
    with torch.enable_grad():
        grounding = inputs_of(case)
        tokens = networks.gligen.position_net(grounding)
        extra = extra_of(case, networks, grounding, z)
        eps = networks.eps(noisy, timesteps, inputs["context"], tokens, extra=extra)
        loss = functional.mse_loss(eps, noise)
        loss.backward()
    gradients = _gradients(networks)
    return {
        "x_noisy": noisy,
        "eps": eps.detach(),
        "loss": loss.detach().reshape(1),
        **{GRADIENT + name: gradient.reshape(-1) for name, gradient in gradients.items()},
        **{NORM + name: gradient.norm() for name, gradient in gradients.items()},
    }


def _gradients(networks: Networks) -> dict[str, Tensor]:
    """Gradients of the GLIGEN's parameters by their official names."""
    found: dict[str, Tensor] = {}
    for name, parameter in networks.gligen.named_parameters():
        part, _, rest = name.partition(".")
        if part == "fusers":
            module, _, inner = rest.partition(".")
            name = f"{parse_block(module).ldm_prefix}fuser.{inner}"
        elif part == "first_conv":
            name = FIRST_CONVOLUTION + rest
        if parameter.grad is not None:
            found[name] = parameter.grad
    return found
