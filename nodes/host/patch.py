"""Sampling with a GLIGEN: joins the MODEL's network with the data on the CONDITIONINGs.

The MODEL carries the network and one wrapper around the sampler. The wrapper makes the tokens of
a run, lets them ride on copies of the conditionings as model conds (so that both sides of the
guidance stay in one batch), and hooks the fusers into the UNet for this run only. Nothing is kept
in `model_options`, and nothing outlives the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from comfy.conds import CONDRegular
from comfy.ldm.modules import attention
from comfy.patcher_extension import WrappersMP, add_wrapper_with_key
from torch import Tensor

from ...gligen_core.blocks import BlockId
from ...gligen_core.geometry import Box
from ...gligen_core.modalities.text_box import TextBoxInputs
from ...gligen_core.model import GligenModel
from .files import LoadedGligen
from .fit import check_fit
from .grounding import Attachment, Gate, attachment_of
from .guard import guard_name
from .moment import moment_at

Cond = Mapping[str, Any]
"""One conditioning as the host's sampler holds it."""

FUSING = "gligen_fusing"  # the transformer option under which a forward finds its fusers


def attach(patcher: Any, gligen: LoadedGligen, gate: Gate) -> Any:
    """A copy of the host's MODEL that grounds with this GLIGEN; GligenError if it does not fit.

    gate: for conditionings that bring none of their own. The same GLIGEN attached again only
    replaces the gate.
    """
    check_fit(patcher, gligen)
    grounded = patcher.clone()
    grounded.set_additional_models(gligen.key, [gligen.patcher])
    grounded.remove_wrappers_with_key(WrappersMP.SAMPLER_SAMPLE, gligen.key)
    grounded.add_wrapper_with_key(
        WrappersMP.SAMPLER_SAMPLE, gligen.key, partial(_sample, gligen.key, gate)
    )
    return grounded


def _sample(
    key: str,
    gate: Gate,
    executor: Any,
    guider: Any,
    sigmas: Tensor,
    extra_args: dict[str, Any],
    callback: Any,
    noise: Tensor,
    *args: Any,
    **kwargs: Any,
) -> Tensor:
    """The host's sampler with this GLIGEN in it, for as long as it runs."""
    conds = guider.conds
    net = guider.model_patcher.get_additional_models_with_key(key)[0].model
    run = GroundedRun(key, net, gate, sigmas.tolist())
    try:
        guider.conds = run.ground(guider, noise)
        run.install(extra_args["model_options"])
        return executor(guider, sigmas, extra_args, callback, noise, *args, **kwargs)
    finally:
        guider.conds = conds


class Row(NamedTuple):
    """What one conditioning brings into a run. grounded: it names objects, not just none."""

    gate: Gate
    grounded: bool


class GroundedRun:
    """One GLIGEN in one run of a sampler."""

    def __init__(self, key: str, net: GligenModel, gate: Gate, sigmas: Sequence[float]) -> None:
        self._key, self._net, self._gate, self._sigmas = key, net, gate, sigmas
        self._row_name = f"gligen_row:{key}"
        self._tokens_name, self._gates_name = f"gligen_tokens:{key}", f"gligen_gates:{key}"
        self._null: Tensor | None = None
        self._open: frozenset[BlockId] = frozenset()  # blocks that act in the present step

    def install(self, model_options: dict[str, Any]) -> None:
        """Hook into the steps of the run that these options belong to."""
        for kind, wrapper in (
            (WrappersMP.CALC_COND_BATCH, self._calc_cond_batch),
            (WrappersMP.APPLY_MODEL, self._apply_model),
        ):
            add_wrapper_with_key(kind, self._key, wrapper, model_options, is_model_options=True)

    @torch.no_grad()
    def ground(self, guider: Any, noise: Tensor) -> dict[str, list[dict[str, Any]]]:
        """Copies of the guider's conditionings: all with tokens, if any of them is grounded."""
        sides = {side: list(map(dict, conds)) for side, conds in guider.conds.items()}
        for conds in sides.values():
            for cond in conds:
                cond["model_conds"] = _without(cond["model_conds"], guard_name(self._key))
        attachments = {
            side: [self._attachment(cond, side, guider) for cond in conds]
            for side, conds in sides.items()
        }
        inputs = [a.inputs for each in attachments.values() for a in each if a and a.inputs]
        if not inputs:
            return sides
        slots = max(each.boxes.shape[1] for each in inputs)
        self._null = self._net.position_net.null_tokens(slots).to(noise.device)
        tokens = TokenMaker(self._net, slots, noise)
        for side, conds in sides.items():
            for cond, attachment in zip(conds, attachments[side], strict=True):
                own = attachment.inputs if attachment else None
                gate = (attachment and attachment.gate) or self._gate
                made = self._null if own is None else tokens.of(own, _area(cond, noise))
                cond[self._row_name] = Row(gate, own is not None)
                cond["model_conds"] = {
                    **cond["model_conds"],
                    self._tokens_name: CONDRegular(made),
                }
        return sides

    def _attachment(self, cond: Cond, side: str, guider: Any) -> Attachment | None:
        """A conditioning's attachment, as its side of the guidance sees it.

        The host copies a conditioning with an area to the other sides, where it stands for the
        other side's own text; only its uuid tells.
        """
        attachment = attachment_of(cond, self._key)
        if attachment is None:
            return None
        originals = getattr(guider, "original_conds", {})
        at_home = any(c.get("uuid") == cond.get("uuid") for c in originals.get(side, ()))
        elsewhere = any(c.get("uuid") == cond.get("uuid") for c in _all(originals))
        return attachment.opposite() if elsewhere and not at_home else attachment

    def _calc_cond_batch(
        self,
        executor: Any,
        model: Any,
        conds: Sequence[Sequence[Cond] | None],
        x: Tensor,
        timestep: Tensor,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """One evaluation: with the gates of its moment, or, all shut, the plain model."""
        sigma = float(timestep[0])
        moment = moment_at(sigma, self._sigmas, model.model_sampling)
        rows = {id(c): c.get(self._row_name, Row(self._gate, False)) for c in _present(conds)}
        gates = {
            gate: [gate.at(moment, block) for block in self._net.blocks]
            for gate in {row.gate for row in rows.values()}
        }
        acting = [
            gates[row.gate]
            for cond in _present(conds)
            if (row := rows[id(cond)]).grounded and _runs_at(cond, sigma)
        ]
        self._open = frozenset(
            block for block, *opened in zip(self._net.blocks, *acting, strict=True) if any(opened)
        )
        if self._open:
            tensors = {gate: x.new_tensor([values]) for gate, values in gates.items()}
            conds = [
                side and [self._gated(cond, tensors[rows[id(cond)].gate]) for cond in side]
                for side in conds
            ]
        else:
            conds = [side and [self._plain(cond) for cond in side] for side in conds]
        return executor(model, conds, x, timestep, *args, **kwargs)

    def _gated(self, cond: Cond, gates: Tensor) -> dict[str, Any]:
        """gates: 1 block"""
        assert self._null is not None
        added = {
            # Nodes that make conditionings in mid-run know nothing of tokens.
            self._tokens_name: CONDRegular(self._null),
            **cond["model_conds"],
            self._gates_name: CONDRegular(gates),
        }
        return {**cond, "model_conds": added}

    def _plain(self, cond: Cond) -> dict[str, Any]:
        return {**cond, "model_conds": _without(cond["model_conds"], self._tokens_name)}

    def _apply_model(
        self,
        executor: Any,
        x: Tensor,
        t: Tensor,
        c_concat: Tensor | None = None,
        c_crossattn: Tensor | None = None,
        control: Any = None,
        transformer_options: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """One forward: tokens and gates go from the model conds to where the fusers find them."""
        tokens, gates = (kwargs.pop(name, None) for name in (self._tokens_name, self._gates_name))
        options: Mapping[str, Any] = transformer_options or {}
        if tokens is not None and gates is not None:
            columns = {b: n for n, b in enumerate(self._net.blocks) if b in self._open}
            options = _fused(options, Fusing(self._net, tokens, gates, columns))
        return executor(x, t, c_concat, c_crossattn, control, options, **kwargs)


class TokenMaker:
    """Tokens of a run, made once per distinct (grounding, area)."""

    def __init__(self, net: GligenModel, slots: int, noise: Tensor) -> None:
        self._net, self._slots, self._device = net, slots, noise.device
        self._made: dict[tuple[int, Box | None], Tensor] = {}

    def of(self, inputs: TextBoxInputs, area: Box | None) -> Tensor:
        """-> b n c"""
        place = id(inputs), area
        if place not in self._made:
            seen = inputs if area is None else inputs.within(area)
            self._made[place] = self._net.position_net(seen.padded(self._slots).to(self._device))
        return self._made[place]


class Fusing(NamedTuple):
    """What the fusers of one GLIGEN read in one forward.

    tokens: b n c · gates: b block · columns: the column of `gates` for each block that acts
    """

    net: GligenModel
    tokens: Tensor
    gates: Tensor
    columns: Mapping[BlockId, int]


def _fused(options: Mapping[str, Any], fusing: Fusing) -> dict[str, Any]:
    """A copy of transformer options in which `_fuse` runs, for this GLIGEN too."""
    patches = options.get("patches", {})
    middle = [patch for patch in patches.get("middle_patch", ()) if patch is not _fuse]
    return {
        **options,
        FUSING: (*options.get(FUSING, ()), fusing),
        "patches": {**patches, "middle_patch": [*middle, _fuse]},
    }


def _fuse(x: Tensor, extra_options: dict[str, Any]) -> Tensor:
    """The host's `middle_patch`, between self- and cross-attention; x: b q c -> b q c."""
    section, index = extra_options["block"]
    block = BlockId(section, index, extra_options["block_index"])

    def attend(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
        # Looked up at each call: other packs replace it.
        return attention.optimized_attention(
            query,
            key,
            value,
            heads,
            attn_precision=extra_options.get("attn_precision"),
            transformer_options=extra_options,
        )

    for fusing in extra_options[FUSING]:
        fuser = fusing.net.fuser(block) if block in fusing.columns else None
        if fuser is not None:
            gate = fusing.gates[:, fusing.columns[block], None, None]
            x = fuser(x, fusing.tokens.to(x), gate, attend)
    return x


def _area(cond: Cond, noise: Tensor) -> Box | None:
    """The part of the canvas that a conditioning acts on; None for all of it."""
    if "area" not in cond:
        return None
    height, width, y, x = cond["area"]
    rows, columns = noise.shape[-2:]
    box = Box(x / columns, y / rows, (x + width) / columns, (y + height) / rows).clamped()
    return None if box == Box(0.0, 0.0, 1.0, 1.0) else box


def _runs_at(cond: Cond, sigma: float) -> bool:
    """Whether a conditioning's timestep range holds the noise level."""
    return cond.get("timestep_end", 0.0) <= sigma <= cond.get("timestep_start", float("inf"))


def _present(conds: Sequence[Sequence[Cond] | None]) -> Iterable[Cond]:
    return (cond for side in conds if side for cond in side)


def _all(sides: Mapping[str, Sequence[Cond]]) -> Iterable[Cond]:
    return (cond for conds in sides.values() for cond in conds)


def _without(model_conds: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in model_conds.items() if key != name}
