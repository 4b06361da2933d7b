"""One GLIGEN in one run of a sampler: joins the network with the data on the conditionings.

Tokens are made once and ride as model conds on copies of the conditionings, of all of them, so
that both sides of the guidance stay in one batch; so do the extra channels of the first
convolution. In each step the gates join them, or, all shut, all stay behind and the plain model
runs. (An inpainting model's first convolution never stays behind.) Everything ends with the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from comfy.conds import CONDNoiseShape, CONDRegular
from comfy.patcher_extension import WrappersMP, add_wrapper_with_key
from torch import Tensor

from ...gligen_core.bases.blocks import BlockId
from ...gligen_core.geometry import CANVAS, Box
from ...gligen_core.layers.first_conv import Difference
from ...gligen_core.model import GligenModel
from ...gligen_core.shortcuts import Shortcuts
from .channels import ChannelMaker
from .fusing import with_fusing
from .grounding import Attachment, Gate, attachment_of
from .guard import guard_name
from .moment import moment_at, step_under_way
from .opening import Opening
from .tokens import TokenMaker
from .widening import Widening, change_of, with_widening
from .windows import in_window, pictures_of

Cond = Mapping[str, Any]
"""One conditioning as the host's sampler holds it."""

Sides = Mapping[str, Sequence[Cond]]
"""The sides of a guidance by name: "positive", "negative", and what else a guider has."""


class Row(NamedTuple):
    """What one conditioning brings into a run. grounded: it names objects, not just none."""

    gate: Gate
    grounded: bool


class GroundedRun:
    """The state of one GLIGEN in one run.

    sigmas: noise levels of the run's steps, and its last level
    """

    def __init__(
        self,
        key: str,
        net: GligenModel,
        gate: Gate,
        sigmas: Sequence[float],
        shortcuts: Shortcuts,
    ) -> None:
        self._key, self._net, self._gate, self._sigmas = key, net, gate, sigmas
        self._row_name = f"gligen_row:{key}"
        self._tokens_name, self._gates_name = f"gligen_tokens:{key}", f"gligen_gates:{key}"
        self._extra_name = f"gligen_extra:{key}"
        self._change: Difference | None = None
        self._opening = Opening(net, shortcuts)
        self._batch = 1  # pictures in the run
        self._acting: frozenset[BlockId] = frozenset()  # in the present step

    def install(self, model_options: dict[str, Any]) -> None:
        """Hook into the evaluations of the run that these options belong to."""
        for kind, wrapper in (
            (WrappersMP.CALC_COND_BATCH, self._calc_cond_batch),
            (WrappersMP.APPLY_MODEL, self._apply_model),
        ):
            add_wrapper_with_key(kind, self._key, wrapper, model_options, is_model_options=True)

    @torch.no_grad()
    def ground(self, guider: Any, noise: Tensor) -> dict[str, list[dict[str, Any]]]:
        """Copies of the guider's conditionings: all with tokens, if any of them is grounded."""
        sides = {
            side: [
                {**cond, "model_conds": _without(cond["model_conds"], guard_name(self._key))}
                for cond in conds
            ]
            for side, conds in guider.conds.items()
        }
        attached = [
            (cond, self._attachment(cond, side, getattr(guider, "original_conds", {})))
            for side, conds in sides.items()
            for cond in conds
        ]
        grounded = [a.inputs for _, a in attached if a and not a.null]
        if not grounded:
            return sides
        self._batch = len(noise)
        tokens = TokenMaker(self._net, grounded, noise)
        channels = ChannelMaker(self._net, guider.inner_model, [a for _, a in attached if a], noise)
        channels.expect([cond for cond, _ in attached])
        self._change = change_of(self._net, guider.model_patcher)
        for cond, attachment in attached:
            own = None if attachment is None or attachment.null else attachment.inputs
            gate = (attachment and attachment.gate) or self._gate
            cond[self._row_name] = Row(gate, grounded=own is not None)
            rows = tokens.null if own is None else tokens.of(own, area_of(cond, noise))
            cond["model_conds"][self._tokens_name] = CONDRegular(rows)
            extra = channels.of(cond, attachment)
            if extra is not None:
                cond["model_conds"][self._extra_name] = CONDNoiseShape(extra)
        return sides

    def _attachment(self, cond: Cond, side: str, originals: Sides) -> Attachment | None:
        """A conditioning's attachment, as its side of the guidance sees it.

        The host copies a conditioning with an area to the other sides, where it stands for the
        other side's own text; only its uuid tells.
        """
        attachment = attachment_of(cond, self._key)
        homes = [name for name, conds in originals.items() if _has(conds, cond.get("uuid"))]
        is_copy = bool(homes) and side not in homes
        return attachment.opposite() if attachment and is_copy else attachment

    def _calc_cond_batch(
        self,
        executor: Any,
        model: Any,
        conds: Sequence[Sequence[Cond] | None],
        x: Tensor,
        timestep: Tensor,
        model_options: Mapping[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """The host's evaluation of all sides at one noise level."""
        rows = self._rows(conds)
        moment = moment_at(timestep[:1], self._sigmas, model.model_sampling)
        step = step_under_way(model_options)
        if step is not None:
            moment = replace(moment, step=step)
        gates = {row.gate: self._opening.gates(row.gate, moment) for _, row in rows}
        opened = [
            gates[row.gate] for cond, row in rows if row.grounded and _runs_at(cond, moment.sigma)
        ]
        self._acting = frozenset(
            block for block, *row in zip(self._net.blocks, *opened, strict=True) if any(row)
        )
        self._opening.reuse.begin(moment if self._acting else None)
        pictures = pictures_of(model_options.get("transformer_options", {}), len(x))
        conds = [side and [self._at_step(cond, gates, pictures) for cond in side] for side in conds]
        return executor(model, conds, x, timestep, model_options, *args, **kwargs)

    def _rows(self, conds: Sequence[Sequence[Cond] | None]) -> list[tuple[Cond, Row]]:
        """The conditionings of all sides that have a row; a side not asked for is None."""
        present = (cond for side in conds if side for cond in side)
        return [(cond, cond[self._row_name]) for cond in present if self._row_name in cond]

    def _at_step(
        self,
        cond: Cond,
        gates: Mapping[Gate, list[float]],
        pictures: Sequence[int] | None,
    ) -> Cond:
        """A conditioning with tokens and gates, or with neither if no fuser acts.

        pictures: those of the batch that this evaluation is of, or None for all
        """
        if self._row_name not in cond:
            return cond
        model_conds = dict(cond["model_conds"])
        for name in (self._tokens_name, self._extra_name):
            if name in model_conds:
                whole = model_conds[name]
                seen = in_window(whole.cond, pictures, self._batch)
                model_conds[name] = type(whole)(seen)
        if not self._acting:
            model_conds = _without(model_conds, self._tokens_name)
            if not self._net.inpaint:
                model_conds = _without(model_conds, self._extra_name)
            return {**cond, "model_conds": model_conds}
        row = torch.tensor([gates[cond[self._row_name].gate]])  # on the CPU: see Opening
        return {**cond, "model_conds": {**model_conds, self._gates_name: CONDRegular(row)}}

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
        """One forward: all of ours goes from the model conds to where the layers find it."""
        names = (self._tokens_name, self._gates_name, self._extra_name)
        tokens, gates, extra = (kwargs.pop(name, None) for name in names)
        options: Mapping[str, Any] = transformer_options or {}
        if tokens is not None and gates is not None:
            fusing = self._opening.fusing(x, tokens, gates, self._acting, options)
            options = with_fusing(options, fusing)
        if extra is not None and self._change is not None:
            opened = None if self._net.inpaint or gates is None else _opened(gates).to(x.device)
            options = with_widening(options, Widening(self._change, extra, opened))
        return executor(x, t, c_concat, c_crossattn, control, options, **kwargs)


def _opened(gates: Tensor) -> Tensor:
    """gates: b block -> b 1 1 1: 1 for rows in which any fuser acts, 0 for those of the plain
    model, which has its own first convolution back."""
    return (gates != 0).any(dim=1).float()[:, None, None, None]


def area_of(cond: Cond, noise: Tensor) -> Box | None:
    """The part of the canvas that a conditioning acts on; None for all of it."""
    if "area" not in cond:
        return None
    height, width, y, x = cond["area"]
    rows, columns = noise.shape[-2:]
    box = Box(x / columns, y / rows, (x + width) / columns, (y + height) / rows).clamped()
    return None if box == CANVAS else box


def _runs_at(cond: Cond, sigma: float) -> bool:
    """Whether a conditioning's timestep range holds the noise level."""
    return cond.get("timestep_end", 0.0) <= sigma <= cond.get("timestep_start", float("inf"))


def _has(conds: Sequence[Cond], uuid: Any) -> bool:
    return any(cond.get("uuid") == uuid for cond in conds)


def _without(model_conds: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in model_conds.items() if key != name}
