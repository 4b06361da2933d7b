"""The widened first convolution beside LoRA, ControlNet, partial loading and inpainting UNets."""

import pytest
import torch
from modes import SIDE_PX
from studio import close, differ
from test_company import controlled

FIRST = "diffusion_model.input_blocks.0.0"


def test_a_lora_on_it_survives(studio, modes):
    generator = torch.Generator().manual_seed(3)
    up = torch.randn(32, 2, 1, 1, generator=generator) * 0.3
    down = torch.randn(2, 4, 3, 3, generator=generator) * 0.3
    lora = {f"{FIRST}.lora_up.weight": up, f"{FIRST}.lora_down.weight": down}
    positive, negative = studio.text("a photo"), studio.text("")

    def sampled(model, gligen):
        grounding = modes.pack("nodes.ground").Ground.execute(gligen, **modes.sources("canny"))[0]
        return studio.ksampler(
            *studio.apply(model, positive=positive, negative=negative, grounding=grounding)
        )

    with_lora, _ = studio.host("comfy.sd").load_lora_for_models(studio.model, None, lora, 1.0, 0)
    found = sampled(with_lora, modes.gligen("canny"))
    assert differ(found, sampled(studio.model, modes.gligen("canny")))
    # The same, with the LoRA added to the GLIGEN's own weights.
    weights = modes.weights("canny")
    change = torch.nn.functional.conv2d(down.movedim(0, 1), up).movedim(0, 1)
    weights["input_blocks.0.0.weight"] = weights["input_blocks.0.0.weight"].clone()
    weights["input_blocks.0.0.weight"][:, :4] += change
    modes.save("canny-lora.safetensors", weights)
    assert close(found, sampled(studio.model, studio.load("canny-lora.safetensors")))


def test_beside_a_controlnet(studio, modes):
    positive, negative = controlled(studio, studio.text("a photo"), studio.text(""))
    alone = studio.ksampler(studio.model, positive, negative)
    model, positive, negative = modes.apply("canny", positive=positive, negative=negative)
    model, calls = studio.watched(model)
    both = studio.ksampler(model, positive, negative)
    assert differ(both, alone) and differ(both, studio.ksampler(*modes.apply("canny")))
    assert all(call.rows == 2 and call.widening for call in calls)


@pytest.mark.parametrize("mode", ["canny", "sem", "keypoint"])
def test_with_networks_that_the_host_took_off_the_device(studio, modes, mode):
    modes.save("partly.safetensors", modes.weights(mode))
    gligen = studio.pack("host.files").load("partly.safetensors", mode)
    grounding = modes.pack("nodes.ground").Ground.execute(gligen, **modes.sources(mode))[0]
    model, positive, negative = studio.apply(studio.new_model(), grounding=grounding)
    whole = studio.ksampler(model, positive, negative)

    def take_off(executor, patcher, *args, **kwargs):
        loaded = executor(patcher, *args, **kwargs)
        for each in (patcher, *patcher.get_additional_models()):
            each.partially_unload(torch.device("cpu"), 10**12)
        return loaded

    low = model.clone()
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    low.add_wrapper_with_key(kinds.PREPARE_SAMPLING, "low", take_off)
    assert close(studio.ksampler(low, positive, negative), whole)


@pytest.mark.parametrize("mode", ["text_box", "keypoint", "canny", "sem"])
def test_a_generation_gligen_on_the_hosts_inpainting_unet(studio, modes, mode):
    config = studio.config.__class__(32, (1, 2), (1, 1), (1, 1), 4, 768, in_channels=9)
    unet = studio.new_model(config)
    unet.model.set_inpaint()
    picture = studio.host("nodes").InpaintModelConditioning()
    mask = torch.zeros(1, SIDE_PX, SIDE_PX)
    mask[:, 16:48, 16:48] = 1
    positive, negative, latent = picture.encode(
        studio.text("a photo"), studio.text(""), modes.picture(), vae(studio), mask
    )
    plain = studio.ksampler(unet, positive, negative, latent=latent)
    model, positive, negative = modes.apply(mode, model=unet, positive=positive, negative=negative)
    model, calls = studio.watched(model)
    found = studio.ksampler(model, positive, negative, latent=latent)
    assert found.isfinite().all() and differ(found, plain)
    assert all(call.rows == 2 for call in calls)
    gligen = modes.ground(mode)
    shut = studio.apply(unet, positive, negative, gligen, studio.phases(0.0))
    assert torch.equal(studio.ksampler(*shut, latent=latent), plain)


def vae(studio):
    """A VAE whose latents are the picture's colours, smaller; the fourth channel is their mean."""

    class Small:
        def encode(self, pixels):
            small = torch.nn.functional.avg_pool2d(pixels.movedim(-1, 1), 8)
            return torch.cat((small, small.mean(1, keepdim=True)), 1) * 4 - 2

    return Small()
