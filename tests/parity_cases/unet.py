"""The whole UNet, grounded, of any mode."""

from torch import Tensor

from .fusers import scales
from .golden import Case
from .networks import extra_of, inputs_of, networks_of

# Output names: which first convolution, whether grounded, then the gate.
CONVOLUTIONS = {"": True, "GLIGENconv_": True, "SDconv_": False}


def noise_predictions(case: Case) -> dict[str, Tensor]:
    """eps with the grounding's tokens and with null tokens, at each gate.

    Null tokens do not touch the extra channels: the official guidance keeps the map.
    """
    networks = networks_of(case)
    x, timesteps, context = (case.inputs[name] for name in ("x", "timesteps", "context"))
    inputs = inputs_of(case)
    tokenizer = networks.gligen.position_net
    null = tokenizer.null_tokens(inputs.slots).expand(len(x), -1, -1)
    extra = extra_of(case, networks, inputs, x)
    return {
        name: networks.eps(x, timesteps, context, tokens, gate, extra if widened else None)
        for convolution, widened in CONVOLUTIONS.items()
        for kind, tokens in (("grounded", tokenizer(inputs)), ("null", null))
        for name, gate in scales(case, f"{convolution}eps_{kind}_scale")
    }
