"""A run of the host's sampler, translated for the engine.

Tokens ride as model conds on copies of the conditionings, of all of them, so that both sides of
the guidance stay in one batch; so do the extra channels of the first convolution. In each step
the gates join them, or, all shut, all stay behind and the plain model runs. (An inpainting
model's first convolution never stays behind.) Everything ends with the run.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from comfy.conds import CONDNoiseShape, CONDRegular
from comfy.patcher_extension import WrappersMP, add_wrapper_with_key
from torch import Tensor

from ..gligen_core.engine.approximations import Shortcuts
from ..gligen_core.engine.attachment import Conditioned, Gate, Inpainting
from ..gligen_core.engine.context_window import in_window
from ..gligen_core.engine.extra_channels import change_of
from ..gligen_core.engine.gates import Row, StepGates
from ..gligen_core.engine.run import Lane, Run, RunTokens
from ..gligen_core.model import GligenModel
from .conditioning import Cond, area_of, attachment_on_side, runs_at, without
from .guard import guard_name
from .inpainting import inpainting_of
from .timing import step_at, step_under_way
from .unet_hooks import own_convolution, with_fusers, with_widening
from .windows import pictures_of

CLONES, THREAD_DEVICE = "multigpu_clones", "multigpu_thread_device"  # of hosts from 0.23 on


class Names(NamedTuple):
    """Where things of one GLIGEN ride: its row on a cond, the rest among the model conds."""

    row: str
    tokens: str
    gates: str
    extra: str

    @classmethod
    def of(cls, key: str) -> Names:
        return cls(*(f"gligen_{part}:{key}" for part in cls._fields))


class HostRun:
    """One GLIGEN in one run of the host's sampler.

    sigmas: noise levels of the run's steps, and its last level
    model_options: of the run; on several devices they name each one's MODEL
    """

    def __init__(
        self,
        key: str,
        patcher: Any,
        gate: Gate,
        sigmas: Sequence[float],
        shortcuts: Shortcuts,
        model_options: dict[str, Any],
    ) -> None:
        self._key, self._names, self._sigmas = key, Names.of(key), sigmas
        main = lane_of(patcher, key, shortcuts)
        self._lanes: dict[Any, Lane] = {None: main, patcher.load_device: main}
        for device, clone in model_options.get(CLONES, {}).items():
            if device not in self._lanes:
                self._lanes[device] = lane_of(clone, key, shortcuts)
        self._run = Run(list(dict.fromkeys(self._lanes.values())), gate, shortcuts)
        self._gates = StepGates(frozenset(), {})
        for kind, wrapper in (
            (WrappersMP.CALC_COND_BATCH, self._calc_cond_batch),
            (WrappersMP.APPLY_MODEL, self._apply_model),
        ):
            add_wrapper_with_key(kind, key, wrapper, model_options, is_model_options=True)

    def ground(self, guider: Any, noise: Tensor) -> dict[str, list[dict[str, Any]]]:
        """Copies of the guider's conditionings: all with tokens, if any of them is grounded."""
        sides = {
            side: [
                {**cond, "model_conds": without(cond["model_conds"], guard_name(self._key))}
                for cond in conds
            ]
            for side, conds in guider.conds.items()
        }
        told = self._told(guider, sides, noise)
        conds = [cond for conds in sides.values() for cond in conds]
        made = self._run.begin(told, noise)
        for cond, tokens in zip(conds, made or (), strict=False):
            self._ride(cond, tokens)
        return sides

    def _told(
        self, guider: Any, sides: Mapping[str, Sequence[Cond]], noise: Tensor
    ) -> list[Conditioned]:
        """What the engine is told of each conditioning."""
        originals = getattr(guider, "original_conds", {})
        scaled: dict[int, Inpainting] = {}

        def in_model_scale(own: Inpainting | None) -> Inpainting | None:
            if own is not None and id(own) not in scaled:
                latent = guider.inner_model.process_latent_in(own.latent.to(noise))
                scaled[id(own)] = Inpainting(latent, own.keep)
            return own and scaled[id(own)]

        return [
            Conditioned(
                attachment_on_side(cond, self._key, side, originals),
                area_of(cond, noise),
                in_model_scale(inpainting_of(cond)) if self._run.net.inpaint else None,
            )
            for side, conds in sides.items()
            for cond in conds
        ]

    def _ride(self, cond: dict[str, Any], made: RunTokens) -> None:
        """Put what the engine made on a conditioning."""
        cond[self._names.row] = made.row
        cond["model_conds"][self._names.tokens] = CONDRegular(made.tokens)
        if made.extra is not None:
            cond["model_conds"][self._names.extra] = CONDNoiseShape(made.extra)

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
        step = step_under_way(model_options)
        now = step_at(timestep[:1], self._sigmas, model.model_sampling, step)
        rows = [(row, runs_at(cond, now.sigma)) for cond, row in self._rows(conds)]
        self._gates = self._run.step(now, rows)
        pictures = pictures_of(model_options.get("transformer_options", {}), len(x))
        conds = [side and [self._at_step(cond, pictures) for cond in side] for side in conds]
        return executor(model, conds, x, timestep, model_options, *args, **kwargs)

    def _rows(self, conds: Sequence[Sequence[Cond] | None]) -> list[tuple[Cond, Row]]:
        """The conditionings of all sides that have a row; a side not asked for is None."""
        present = (cond for side in conds if side for cond in side)
        return [(cond, cond[self._names.row]) for cond in present if self._names.row in cond]

    def _at_step(self, cond: Cond, pictures: Sequence[int] | None) -> Cond:
        """A conditioning with tokens and gates, or with neither if no fuser acts.

        pictures: those of the batch that this evaluation is of, or None for all
        """
        names = self._names
        if names.row not in cond:
            return cond
        model_conds = dict(cond["model_conds"])
        for name in (names.tokens, names.extra):
            if name in model_conds:
                whole = model_conds[name]
                model_conds[name] = type(whole)(in_window(whole.cond, pictures, self._run.pictures))
        if self._gates.acting:
            model_conds[names.gates] = CONDRegular(self._gates.row(cond[names.row].gate))
        else:
            model_conds = without(model_conds, names.tokens)
            if not self._run.net.inpaint:
                model_conds = without(model_conds, names.extra)
        return {**cond, "model_conds": model_conds}

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
        _, *names = self._names
        tokens, gates, extra = (kwargs.pop(name, None) for name in names)
        options: Mapping[str, Any] = transformer_options or {}
        lane = self._lanes[options.get(THREAD_DEVICE)]
        gates = None if gates is None else gates.cpu()  # several devices get it on their own
        if tokens is not None and gates is not None:
            batch = batch_of(x, options)
            forward = lane.forward(x, tokens, gates, self._gates.acting, batch)
            options = with_fusers(options, forward)
        widening = None if extra is None else lane.widening(extra, gates, x.device)
        if widening is not None:
            options = with_widening(options, widening)
        return executor(x, t, c_concat, c_crossattn, control, options, **kwargs)


def lane_of(patcher: Any, key: str, shortcuts: Shortcuts) -> Lane:
    """A device's share of a run: the network that its own MODEL carries."""
    (carried,) = patcher.get_additional_models_with_key(key)
    net: GligenModel = carried.model
    with torch.no_grad():
        change = net.first_conv and change_of(net, own_convolution(patcher))
    return Lane(net, shortcuts, change)


def batch_of(x: Tensor, options: Mapping[str, Any]) -> Hashable | None:
    """What tells the rows of one batch from those of another; None where the host does not say."""
    uuids, sides = options.get("uuids"), options.get("cond_or_uncond")
    if not uuids or not sides:
        return None
    pictures = pictures_of(options, len(x) // len(uuids))
    return tuple(uuids), tuple(sides), tuple(x.shape), pictures and tuple(pictures)
