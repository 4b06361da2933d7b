"""Fusers alone, and inside a transformer block."""

from torch import Tensor

from gligen_core.bases.blocks import BlockId
from gligen_core.layers.fuser import FUSERS, FuserKind
from gligen_core.unet import TransformerBlock

from .golden import Case

OFFICIAL_CLASSES: dict[str, FuserKind] = {
    "GatedSelfAttentionDense": "gatedSA",
    "GatedSelfAttentionDense2": "gatedSA2",
    "GatedCrossAttentionDense": "gatedCA",
}
SCALED = "x_scale"  # output names: x_scale0.5 is x with the gate at 0.5


def is_fuser(case: Case) -> bool:
    return case.module.rpartition(".")[2] in OFFICIAL_CLASSES


def fused(case: Case) -> dict[str, Tensor]:
    kind = OFFICIAL_CLASSES[case.module.rpartition(".")[2]]
    params = case.params
    fuser = FUSERS[kind](params["query_dim"], params["context_dim"], params["n_heads"])
    fuser.load_state_dict(case.weights)
    x, tokens = case.inputs["x"], case.inputs["objs"]
    return {name: fuser(x, fuser.fusion(x, tokens, gate)) for name, gate in scales(case, SCALED)}


def is_block(case: Case) -> bool:
    fuser = case.params.get("fuser_type")
    return case.module.endswith("attention.BasicTransformerBlock") and fuser in FUSERS


def block_output(case: Case) -> dict[str, Tensor]:
    params, mark = case.params, "fuser."
    fuser = FUSERS[params["fuser_type"]](params["query_dim"], params["key_dim"], params["n_heads"])
    fuser.load_state_dict(
        {key.removeprefix(mark): w for key, w in case.weights.items() if key.startswith(mark)}
    )
    block = TransformerBlock(params["query_dim"], params["key_dim"], params["n_heads"])
    block.load_state_dict({k: w for k, w in case.weights.items() if not k.startswith(mark)})
    x, context, tokens = case.inputs["x"], case.inputs["context"], case.inputs["objs"]
    place = BlockId("input", 0)

    def output(gate: float) -> Tensor:
        return block(x, context, place, lambda _, rows: fuser(rows, fuser.fusion(x, tokens, gate)))

    return {name: output(gate) for name, gate in scales(case, SCALED)}


def scales(case: Case, prefix: str) -> list[tuple[str, float]]:
    """The outputs whose name is the prefix and a gate, with that gate."""
    return [
        (name, float(name.removeprefix(prefix))) for name in case.outputs if name.startswith(prefix)
    ]
