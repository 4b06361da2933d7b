"""The engine without a host: the reference UNet, our samplers, and the official latents."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from parity_cases.golden import case_names, load_case
from parity_cases.networks import inputs_of, networks_of
from parity_cases.schedules import sampling_alphas

from gligen_core.engine.approximations import EXACT, Shortcuts
from gligen_core.engine.attachment import Attachment, Conditioned, Gate, Inpainting
from gligen_core.engine.extra_channels import Convolution, change_of
from gligen_core.engine.run import Lane, Run
from gligen_core.engine.step import StepInfo
from gligen_core.gate.schedule import GateSchedule
from gligen_core.guidance.guidance import (
    GUIDED,
    NEGATIVE,
    POSITIVE,
    Unguided,
    all_sides,
    combined,
    moved,
    probe_of,
)
from gligen_core.sampling.inpaint import noised, reimposed
from gligen_core.sampling.noise import alphas_cumprod, sampling_timesteps
from gligen_core.sampling.plms import ddim, plms

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"
RUNS = [name for name in case_names(GOLDEN) if name.startswith(("plms_", "ddim_"))]


class Unplaced:
    """Map inputs that have the size that the official networks were given."""

    def __init__(self, inputs):
        self.inputs = inputs

    def __getattr__(self, name):
        return getattr(self.inputs, name)

    def on_canvas(self, height, width):
        return self.inputs


class Engine:
    """A golden run through the engine: one batch of both sides in each evaluation."""

    def __init__(self, case, shortcuts=EXACT, guidances=()):
        self.case, self.inputs, self.params = case, case.inputs, case.params
        self.networks = networks_of(case.network)
        net = self.networks.gligen
        self.own = self.networks.unet.input_blocks[0][0]
        change = change_of(net, Convolution(self.own.weight, self.own.bias))
        self.lane = Lane(net, shortcuts, change)
        gate = Gate(GateSchedule.phases(*self.params["alpha_type"]))
        self.run = Run([self.lane], gate, shortcuts)
        grounding = inputs_of(case)
        attachment = Attachment("k", Unplaced(grounding) if net.config.downsampler else grounding)
        painted = Inpainting(self.inputs["z0"], self.inputs["mask"]) if net.inpaint else None
        self.guidances = guidances
        sides = {
            POSITIVE: Conditioned(attachment, inpainting=painted),
            NEGATIVE: Conditioned(attachment.opposite(), inpainting=painted),
        }
        sides = all_sides(sides, guidances)
        made = self.run.begin(list(sides.values()), self.inputs["start_noise"])
        self.sides = dict(zip(sides, made, strict=True))
        self.timesteps = sampling_timesteps(self.params["steps"])

    def eps(self, evaluation):
        now = StepInfo(evaluation.step, len(self.timesteps), 0.0, -float(evaluation.level))
        outputs = self.outputs(evaluation.x, now, evaluation.level)
        return combined(outputs, now, self.params["guidance_scale"], self.guidances)

    def outputs(self, x, now, level):
        """Every side's, in one batch."""
        sides = self.sides.values()
        gates = self.run.step(now, [(side.row, True) for side in sides])
        batch = torch.cat([x] * len(sides))
        texts = [self.inputs["uc" if name == NEGATIVE else "context"] for name in self.sides]
        tokens = torch.cat([side.tokens.expand(len(x), -1, -1) for side in sides])
        rows = torch.cat([gates.row(side.row.gate).expand(len(x), -1) for side in sides])
        probe = probe_of(self.guidances)
        forward = self.lane.forward(batch, tokens, rows, gates.acting, "all", probe)
        time = torch.full((len(batch),), int(self.timesteps[level]))
        with self.widened(gates, rows):
            eps = self.networks.unet(batch, time, torch.cat(texts), forward.ground())
        return dict(zip(self.sides, eps.chunk(len(sides)), strict=True))

    def widened(self, gates, rows):
        """The UNet's first convolution, with what the GLIGEN's adds while this is open."""
        extra = self.sides[POSITIVE].extra
        if extra is None or not (gates.acting or self.run.net.inpaint):
            return self.own.register_forward_hook(lambda layer, inputs, out: None)
        both = torch.cat([side.extra for side in self.sides.values()])
        widening = self.lane.widening(both, rows if gates.acting else None, both.device)
        return self.own.register_forward_hook(
            lambda layer, inputs, out: out + widening.added(inputs[0])
        )

    def sample(self):
        params, inputs = self.params, self.inputs
        ends = {name: params[name] for name in ("linear_start", "linear_end") if name in params}
        now, following = sampling_alphas(self.timesteps, alphas_cumprod(**ends))
        levels = [*now.tolist(), following[-1].item()]
        latents = []

        def put_back(x, step):
            now = StepInfo(step, len(self.timesteps), 0.0, -float(step))
            x = moved(x, now, lambda x: self.outputs(x, now, step), self.guidances)
            if not self.run.net.inpaint:
                return x
            known = noised(inputs["z0"], inputs["q_noise"][step], levels[step])
            return reimposed(x, known, inputs["mask"])

        sampler = ddim if "DDIM" in self.case.module else plms
        note = lambda step, x, eps: latents.append(x)  # noqa: E731 - a list to fill
        with torch.no_grad():
            final = sampler(self.eps, inputs["start_noise"], levels, put_back, note)
        return final, torch.stack(latents)


@pytest.mark.parametrize("name", RUNS)
def test_the_engine_gives_the_latents_of_the_official_samplers(name):
    case = load_case(GOLDEN, name)
    final, latents = Engine(case).sample()
    for output, ours in (("final", final), ("latents_after", latents)):
        official = case.outputs[output].double()
        allowed = case.atol(output) + case.tolerance[0] * official.abs()
        assert ((ours.double() - official).abs() <= allowed).all()


def test_nothing_grounded_is_no_run():
    case = load_case(GOLDEN, "plms_text")
    engine = Engine(case)
    assert engine.run.begin([Conditioned(), Conditioned()], case.inputs["start_noise"]) is None


def test_reuse_runs_fewer_fusers_and_stays_near():
    case = load_case(GOLDEN, "plms_text")
    exact, _ = Engine(case).sample()
    near, _ = Engine(case, Shortcuts(reuse=2)).sample()
    assert 0 < (near - exact).norm() < exact.norm()


class Ungrounded(Unguided):
    """A trivial guidance: away from what the network paints without boxes."""

    def __init__(self, scale):
        self.scale, self.seen, self.moves = scale, [], 0

    @property
    def probe(self):
        return lambda block, attention: self.seen.append((block, tuple(attention.shape)))

    def extra_sides(self, conds):
        positive = conds[POSITIVE]
        nothing = replace(positive.attachment, null=True)
        return {"ungrounded": positive._replace(attachment=nothing)}

    def before_step(self, x, step, predict):
        self.moves += predict(x)["ungrounded"].shape == x.shape
        return x

    def combine(self, outputs, step):
        away = outputs[POSITIVE] - outputs["ungrounded"]
        return outputs[GUIDED] + self.scale * away


def test_without_guidances_or_with_one_that_does_nothing_no_bit_changes():
    case = load_case(GOLDEN, "plms_text")
    plain, _ = Engine(case).sample()
    idle, _ = Engine(case, guidances=[Unguided(), Unguided()]).sample()
    assert torch.equal(idle, plain)


def test_a_guidance_adds_a_side_sees_attention_and_moves_the_latents():
    case = load_case(GOLDEN, "plms_text")
    plain, _ = Engine(case).sample()
    guidance = Ungrounded(scale=1.0)
    engine = Engine(case, guidances=[guidance])
    guided, _ = engine.sample()
    assert list(engine.sides) == [POSITIVE, NEGATIVE, "ungrounded"]
    assert 0 < (guided - plain).norm() < plain.norm()
    assert guidance.moves == len(engine.timesteps)
    pictures, tokens = len(plain), engine.sides[POSITIVE].tokens.shape[1]
    assert {block for block, _ in guidance.seen} == set(engine.run.net.blocks)
    assert {(rows, width) for _, (rows, _, _, width) in guidance.seen} == {(3 * pictures, tokens)}


def test_a_guidance_of_strength_0_gives_the_same_picture():
    case = load_case(GOLDEN, "plms_text")
    plain, _ = Engine(case).sample()
    off, _ = Engine(case, guidances=[Ungrounded(scale=0.0)]).sample()
    torch.testing.assert_close(off, plain, rtol=1e-3, atol=1e-4)
