"""One official state dict, taken apart into SD's own UNet and the GLIGEN beside it."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gligen_core.bases.sd_keys import FIRST_CONVOLUTION, ldm_names
from gligen_core.checkpoint import Detection, Fusers, Heads, build_gligen
from gligen_core.layers.first_conv import difference
from gligen_core.modalities import MODALITIES, maps, sem
from gligen_core.modalities.keypoint import KeypointInputs
from gligen_core.modalities.maps import MapInputs
from gligen_core.modalities.modality import Modality, Part, TokenizerInputs
from gligen_core.modalities.text_box import TextBoxInputs
from gligen_core.modalities.text_image_box import TextImageBoxInputs
from gligen_core.model import GligenModel
from gligen_core.pictures import map_picture
from gligen_core.sampling.inpaint import extra_channels
from gligen_core.unet import UNet, UNetConfig

from .fusers import FUSERS
from .golden import Case

SD_CONVOLUTION = "sd_conv."  # stands in for SD's own where the case holds one
OFFICIAL_FILES = {  # the official module that a tokenizer is defined in -> our modality
    "text_grounding_net": "text_box",
    "text_image_grounding_net": "text_image_box",
    "keypoint_grounding_net": "keypoint",
    **{f"{name}_grounding_net": name for name in ("hed", "canny", "depth", "normal", "sem")},
}

# The official tokenizers' arguments, in the order of our inputs' fields; maps are told by theirs.
TEXT_IMAGE = (
    "boxes",
    "masks",
    "text_embeddings",
    "image_embeddings",
    "text_masks",
    "image_masks",
)
ARGUMENTS: dict[Any, tuple[str, ...]] = {
    TextBoxInputs: ("boxes", "masks", "positive_embeddings"),
    TextImageBoxInputs: TEXT_IMAGE,
    KeypointInputs: ("points", "masks"),
}


@dataclass(frozen=True, slots=True)
class Networks:
    """The UNet keeps SD's own first convolution; the GLIGEN brings its wider one."""

    unet: UNet
    gligen: GligenModel

    def eps(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor,
        tokens: Tensor,
        gate: float = 1.0,
        extra: Tensor | None = None,
    ) -> Tensor:
        """One forward. extra: b k h w, or None for SD's own first convolution."""
        own: Any = self.unet.input_blocks[0][0]  # pyright: ignore[reportIndexIssue]
        hooks = []
        if extra is not None:
            wide = self.gligen.first_conv
            change = difference(wide.weight, wide.bias, own.weight, own.bias)
            hooks.append(
                own.register_forward_hook(lambda _, args, out: out + change(args[0], extra))
            )
        try:
            return self.unet(x, timesteps, context, self.gligen.grounding(tokens, gate))
        finally:
            for hook in hooks:
                hook.remove()


def spec_of(module: str) -> Modality | None:
    """The row of an official tokenizer class such as `...canny_grounding_net.PositionNet`."""
    name = OFFICIAL_FILES.get(module.removesuffix(".PositionNet").rpartition(".")[2])
    return MODALITIES[name] if name and module.endswith(".PositionNet") else None


def spec_of_unet(case: Case) -> Modality | None:
    """The row of a whole UNet's tokenizer."""
    return spec_of((case.params.get("grounding_tokenizer") or {}).get("target", ""))


def is_unet(case: Case) -> bool:
    return (
        case.module.endswith("openaimodel.UNetModel")
        and case.params.get("fuser_type") in FUSERS
        and spec_of_unet(case) is not None
    )


def built(part: Modality | Part, weights: dict[str, Tensor]) -> Any:
    """As the loader builds a network: by the shapes of its weights, then filled with them."""
    network = part.build(part.config_of(weights), nn)
    network.load_state_dict(weights)
    return network


def networks_of(case: Case) -> Networks:
    spec, params = spec_of_unet(case), case.params
    assert spec is not None
    weights = {key: w for key, w in case.weights.items() if not key.startswith(SD_CONVOLUTION)}
    names, _ = ldm_names(weights)
    gligen_weights = {key: weights[key] for key in names}
    wide, sd = _part(weights, FIRST_CONVOLUTION), _part(case.weights, SD_CONVOLUTION)
    unet = UNet(_config(case))
    unet.load_state_dict(
        {key: weight for key, weight in weights.items() if key not in names}
        | {FIRST_CONVOLUTION + name: weight for name, weight in (sd or _narrow(wide)).items()}
    )
    fusers = Fusers(params["fuser_type"], params["context_dim"], Heads(params["num_heads"]))
    found = Detection(spec, bool(params.get("inpaint_mode")), fusers, base="parity")
    gligen = build_gligen(gligen_weights, found, where=case.name)
    return Networks(unet, gligen)


def inputs_of(case: Case) -> TokenizerInputs:
    """The grounding of a case: `g.*` are the official tokenizer's arguments."""
    for kind, names in ARGUMENTS.items():
        if all(f"g.{name}" in case.inputs for name in names):
            return kind(*(case.inputs[f"g.{name}"] for name in names))
    return map_inputs(case)


def map_inputs(case: Case) -> MapInputs:
    """The map of a case, as our nodes prepare one that has its final size.

    The large cases hold a small picture, each pixel of which is repeated.
    """
    repeat = case.meta.get("upsample", 1)
    for name in ("labels", "labels_lowres"):
        if name in case.inputs:
            return sem.prepare(_enlarged(case.inputs[name].to(torch.uint8), repeat))
    name = "image_u8" if "image_u8" in case.inputs else "image_lowres_u8"
    return maps.prepare(official_picture(_enlarged(case.inputs[name], repeat)))


def extra_of(case: Case, networks: Networks, inputs: Any, latent: Tensor) -> Tensor | None:
    """The extra channels of the first convolution, or None where the mode has none."""
    if networks.gligen.inpaint:
        return extra_channels(case.inputs["z0"], case.inputs["mask"])
    if networks.gligen.downsample_net is None:
        return None
    return networks.gligen.downsample_net(inputs.picture, *latent.shape[-2:])


def official_picture(image_u8: Tensor) -> Tensor:
    """b 3 H W, 0..255 -> the same as our nodes make of the host's image."""
    return map_picture(image_u8.movedim(1, -1) / 255, "parity")


def _narrow(wide: dict[str, Tensor]) -> dict[str, Tensor]:
    """A convolution of SD's 4 channels to start from, where the case holds none of SD's own.

    What it holds must not matter: only the sum with the difference is used.
    """
    generator = torch.Generator().manual_seed(0)
    weight = wide["weight"]
    if weight.shape[1] == 4:
        return wide
    other = torch.randn(weight.shape[0], 4, *weight.shape[2:], generator=generator) / 6
    return {"weight": other, "bias": torch.zeros_like(wide["bias"])}


def _part(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): w for key, w in weights.items() if key.startswith(prefix)}


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


def _enlarged(picture: Tensor, repeat: int) -> Tensor:
    return picture.repeat_interleave(repeat, -2).repeat_interleave(repeat, -1)
