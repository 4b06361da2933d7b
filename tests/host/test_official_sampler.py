"""The official samplers in the graph, with the official numbers of the golden cases."""

from pathlib import Path

import pytest
import torch
from parity_cases import networks
from parity_cases.golden import load_case
from studio import differ

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden"

RUNS = ("plms_text", "plms_text_decay", "plms_canny", "plms_inpaint", "plms_inpaint_sched")
SCALE = 0.18215  # of SD1.x's latents in the model


@pytest.mark.parametrize("name", [*RUNS, "ddim_text"])
def test_an_official_run_is_reproduced_number_for_number(studio, pack, name):
    case = load_case(GOLDEN, name)
    model, positive, negative = grounded(studio, pack, case)
    sampler = replaying(pack, case)
    sigmas = official_sigmas(studio, pack, model, case)
    latent, mask = torch.zeros_like(case.inputs["start_noise"]), None
    if "z0" in case.inputs:
        latent, mask = case.inputs["z0"] / SCALE, 1 - case.inputs["mask"]
    model, calls = studio.watched(model)
    final = studio.host("comfy.sample").sample_custom(
        model,
        case.inputs["start_noise"],
        case.params["guidance_scale"],
        sampler,
        sigmas,
        positive,
        negative,
        latent,
        noise_mask=mask,
        seed=1,
    )
    official = case.outputs["final"]
    rtol, _ = case.tolerance
    atol = torch.as_tensor(case.atol("latents_after")).flatten()[-1].item()
    assert torch.allclose(final * SCALE, official, rtol=rtol, atol=atol)
    evaluations = len(case.meta["timesteps"]) + name.startswith("plms")
    assert [call.rows for call in calls] == [4] * evaluations  # two pictures, both sides


@pytest.mark.parametrize("steps, timesteps", [(8, 8), (30, 31), (50, 50)])
def test_the_levels_are_those_of_the_official_timesteps(studio, pack, steps, timesteps):
    execute = pack("nodes.sampler").GligenPlms.execute
    _, sigmas = execute(studio.model, steps, "plms", "official").result
    sampling = studio.model.get_model_object("model_sampling")
    found = sampling.timestep(sigmas.to(sampling.sigmas.device)).round().long().tolist()
    spacing = 1000 // steps
    assert len(found) == timesteps + 1
    assert found == [*range((timesteps - 1) * spacing + 1, 0, -spacing), 0]


def test_steps_that_the_official_rule_can_not_do_are_refused(pack):
    verdict = pack("nodes.sampler").GligenPlms.validate_inputs(999, "plms", "official")
    assert "Take another number of steps" in verdict


def test_an_ordinary_graph_samples_with_it(studio, pack):
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    model, positive, negative = studio.apply()
    sampler, sigmas = pack("nodes.sampler").GligenPlms.execute(model, 5, "plms", "official").result
    out = custom.SamplerCustomAdvanced.execute(
        custom.RandomNoise.execute(1)[0],
        custom.CFGGuider.execute(model, positive, negative, 3.0)[0],
        sampler,
        sigmas,
        studio.latent(),
    )
    assert out[0]["samples"].isfinite().all()


def test_a_picture_to_start_from_is_heeded(studio, pack):
    """As image to image: the last half of the levels."""
    model, positive, negative = studio.apply()
    sampler, sigmas = pack("nodes.sampler").GligenPlms.execute(model, 8, "plms", "official").result
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    sample = studio.host("comfy.sample").sample_custom

    def result(latent):
        return sample(model, noise, 3.0, sampler, sigmas[4:], positive, negative, latent, seed=1)

    assert differ(result(torch.ones(1, 4, 8, 8)), result(torch.zeros(1, 4, 8, 8) + 1e-6))


def test_comfys_way_of_keeping_the_known_region_keeps_it_exactly(studio, pack):
    model, positive, negative = studio.apply()
    latent = torch.ones(1, 4, 8, 8)
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 4:] = 1
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    results = {}
    for region in ("official", "ComfyUI"):
        sampler, sigmas = pack("nodes.sampler").GligenPlms.execute(model, 8, "plms", region).result
        results[region] = studio.host("comfy.sample").sample_custom(
            model, noise, 3.0, sampler, sigmas, positive, negative, latent, mask, seed=1
        )
    known = {region: result[..., :4] for region, result in results.items()}
    assert torch.allclose(known["ComfyUI"], latent[..., :4], atol=1e-5)
    assert differ(known["official"], latent[..., :4])


def grounded(studio, pack, case):
    """The official network of a case on the host's UNet -> MODEL, positive, negative"""
    net = networks.networks_of(case.network)
    config = net.unet.config
    model = studio.new_model(
        pack("gligen_core.unet").UNetConfig(
            **{name: getattr(config, name) for name in type(config).__dataclass_fields__}
        )
    )
    model.model.diffusion_model.load_state_dict(net.unet.state_dict())
    checkpoint = pack("gligen_core.checkpoint")
    params = case.network.params
    fusers = checkpoint.Fusers(
        params["fuser_type"], params["context_dim"], checkpoint.Heads(params["num_heads"])
    )
    spec = pack("gligen_core.modalities").MODALITIES[net.gligen.modality.name]
    found = checkpoint.Detection(spec, net.gligen.inpaint, fusers, base="parity")
    weights = pack("gligen_core.checkpoint.build").ldm_weights(net.gligen)
    files = pack("host.files")
    gligen = files.LoadedGligen(
        pack("host.networks").Patcher(
            checkpoint.build_gligen(weights, found, studio.host("comfy.ops").manual_cast),
            load_device=model.load_device,
            offload_device=model.offload_device,
        ),
        case.name,
        f"golden/{case.name}",
    )
    official = networks.inputs_of(case)
    kind = getattr(pack(type(official).__module__), type(official).__name__)
    inputs = kind(*(getattr(official, name) for name in type(official).__dataclass_fields__))
    if hasattr(inputs, "picture"):
        # The case feeds a map of 96 pixels as it is; the host's run brings it to the canvas.
        inputs = Unplaced(inputs)
    positive, negative = ([[case.inputs[name], {}]] for name in ("context", "uc"))
    if net.gligen.inpaint:
        inpainting = pack("host.inpainting")
        told = pack("gligen_core.engine.attachment").Inpainting(
            case.inputs["z0"] / SCALE, case.inputs["mask"]
        )
        positive, negative = (
            inpainting.with_inpainting(side, told) for side in (positive, negative)
        )
    grounding = pack("host.grounding").Grounding(gligen, inputs)
    gate = pack("gligen_core.gate.schedule").GateSchedule.phases(*case.params["alpha_type"])
    return studio.apply(model, positive, negative, grounding, gate)


class Unplaced:
    """Map inputs that are already of the size that the official networks were given."""

    def __init__(self, inputs):
        self.inputs = inputs

    def __getattr__(self, name):
        return getattr(self.inputs, name)

    def on_canvas(self, height, width):
        return self.inputs


def official_sigmas(studio, pack, model, case):
    sampling = model.get_model_object("model_sampling")
    return pack("host.official_sampler").official_sigmas(sampling, case.params["steps"])


def replaying(pack, case):
    """The sampler, with the case's own noise where it would draw some."""
    official = pack("host.official_sampler")

    class Replaying(official.OfficialSampler):
        def fresh_noise(self, x, step, generator):
            return case.inputs["q_noise"][step]

    return Replaying("plms" if case.name.startswith("plms") else "ddim")
