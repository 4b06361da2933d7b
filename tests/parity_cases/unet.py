"""The whole UNet, grounded by a text-box GLIGEN."""

from torch import Tensor

from gligen_core.blocks import BlockId, block_of_key
from gligen_core.layers.fuser import Fuser
from gligen_core.modalities.text_box import SPEC, TextBoxInputs, TextBoxTokenizer
from gligen_core.model import GligenModel
from gligen_core.unet import UNet, UNetConfig

from .fusers import FUSERS, scales
from .golden import Case
from .text_box import tokenizer_of

TOKENIZER = "position_net."


def is_text_unet(case: Case) -> bool:
    params = case.params
    tokenizer = (params.get("grounding_tokenizer") or {}).get("target", "")
    return (
        case.module.endswith("openaimodel.UNetModel")
        and tokenizer.endswith("text_grounding_net.PositionNet")
        and not params.get("inpaint_mode")
        and not params.get("grounding_downsampler")
        and params.get("fuser_type") in FUSERS
    )


def noise_predictions(case: Case) -> dict[str, Tensor]:
    """eps with the objects' tokens and with null tokens, at each gate."""
    unet, tokenizer, gligen = _networks(case)
    x, timesteps, context = (case.inputs[name] for name in ("x", "timesteps", "context"))
    objects = TextBoxInputs(
        boxes=case.inputs["g.boxes"],
        present=case.inputs["g.masks"],
        text=case.inputs["g.positive_embeddings"],
    )
    null = tokenizer.null_tokens(objects.boxes.shape[1]).expand(len(x), -1, -1)
    both = {"eps_grounded_scale": tokenizer(objects), "eps_null_scale": null}
    return {
        name: unet(x, timesteps, context, gligen.grounding(tokens, gate))
        for prefix, tokens in both.items()
        for name, gate in scales(case, prefix)
    }


def _networks(case: Case) -> tuple[UNet, TextBoxTokenizer, GligenModel]:
    """One official state dict, taken apart into SD's own UNet and the GLIGEN beside it."""
    unet_weights: dict[str, Tensor] = {}
    tokenizer_weights: dict[str, Tensor] = {}
    fuser_weights: dict[BlockId, dict[str, Tensor]] = {}
    for key, weight in case.weights.items():
        block = block_of_key(key)
        if key.startswith(TOKENIZER):
            tokenizer_weights[key.removeprefix(TOKENIZER)] = weight
        elif block is not None and ".fuser." in key:
            fuser_weights.setdefault(block, {})[key.rpartition(".fuser.")[2]] = weight
        else:
            unet_weights[key] = weight
    fusers = {block: _fuser(case, weights) for block, weights in fuser_weights.items()}
    unet = UNet(_config(case))
    unet.load_state_dict(unet_weights)
    tokenizer = tokenizer_of(tokenizer_weights)
    return unet, tokenizer, GligenModel(SPEC, tokenizer, fusers)


def _fuser(case: Case, weights: dict[str, Tensor]) -> Fuser:
    width, params = weights["norm1.weight"].shape[0], case.params
    fuser = FUSERS[params["fuser_type"]](width, params["context_dim"], params["num_heads"])
    fuser.load_state_dict(weights)
    return fuser


def _config(case: Case) -> UNetConfig:
    """The official constructor's arguments; attention sits where 2^level is a listed resolution."""
    params = case.params
    levels = len(params["channel_mult"])
    depth = tuple(
        params["transformer_depth"] if 2**level in params["attention_resolutions"] else 0
        for level in range(levels)
    )
    repeats = params["num_res_blocks"]
    return UNetConfig(
        model_channels=params["model_channels"],
        channel_mult=tuple(params["channel_mult"]),
        res_blocks=(repeats,) * levels if isinstance(repeats, int) else tuple(repeats),
        depth=depth,
        heads=params["num_heads"],
        context=params["context_dim"],
        in_channels=params["in_channels"],
        out_channels=params["out_channels"],
    )
