"""GLIGEN beside LoRA, ControlNet, other number formats, a partly loaded network, another GLIGEN."""

import pytest
import torch
from studio import close, differ


def test_with_a_lora(studio):
    generator = torch.Generator().manual_seed(5)
    name = "diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q"
    lora = {
        f"{name}.lora_up.weight": torch.randn(64, 4, generator=generator),
        f"{name}.lora_down.weight": torch.randn(4, 64, generator=generator),
    }
    with_lora, _ = studio.host("comfy.sd").load_lora_for_models(studio.model, None, lora, 1.0, 0)
    results = {
        (lora_on, boxes_on): studio.ksampler(*studio.apply(model, strength=float(boxes_on)))
        for lora_on, model in ((True, with_lora), (False, studio.model))
        for boxes_on in (True, False)
    }
    assert differ(results[True, True], results[False, True])
    assert differ(results[True, True], results[True, False])
    # The order does not matter: a LoRA after Apply GLIGEN is the same.
    model, positive, negative = studio.apply()
    after, _ = studio.host("comfy.sd").load_lora_for_models(model, None, lora, 1.0, 0)
    assert close(studio.ksampler(after, positive, negative), results[True, True])


@pytest.mark.parametrize("first", ["GLIGEN", "ControlNet"])
def test_with_a_controlnet(studio, first):
    plain = studio.ksampler(*studio.apply())
    positive, negative = studio.text("a photo"), studio.text("")
    if first == "ControlNet":
        positive, negative = controlled(studio, positive, negative)
        model, positive, negative = studio.apply(positive=positive, negative=negative)
    else:
        model, positive, negative = studio.apply(positive=positive, negative=negative)
        positive, negative = controlled(studio, positive, negative)
    model, calls = studio.watched(model)
    both = studio.ksampler(model, positive, negative)
    assert both.isfinite().all()
    assert differ(both, plain)
    assert all(call.rows == 2 and call.fusing for call in calls)


def test_the_fusers_attention_is_never_of_low_precision(studio):
    """A host that may attend in 8 bits is asked not to, by the word that newer hosts know."""
    asked = []

    def override(attend, *args, **kwargs):
        asked.append(kwargs.get("low_precision_attention"))
        return attend(*args, **kwargs)

    model, positive, negative = studio.apply()
    model.model_options["transformer_options"]["optimized_attention_override"] = override
    changed = studio.ksampler(model, positive, negative, steps=1)
    assert False in asked, "the fusers"
    assert None in asked, "the UNet's own are as they were"
    assert close(changed, studio.ksampler(*studio.apply(), steps=1))


@pytest.mark.parametrize("unet", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("gligen", [torch.bfloat16, torch.float16, torch.float32])
def test_number_formats_mix(studio, unet, gligen):
    name = f"{gligen}.safetensors"
    studio.save_gligen(name, seed=1, dtype=gligen)
    model = studio.model if unet == torch.float32 else studio.new_model(dtype=unet)
    grounding = studio.ground(gligen=studio.load(name))
    mixed = studio.ksampler(*studio.apply(model, grounding=grounding), steps=2)
    plain = studio.ksampler(model, studio.text("a photo"), studio.text(""), steps=2)
    exact = studio.ksampler(*studio.apply(), steps=2)
    assert mixed.isfinite().all()
    assert differ(mixed, plain)
    assert float((mixed - exact).abs().max()) < 0.05 * float(exact.abs().max())


@pytest.mark.parametrize("freed", [1, 10**12])
def test_with_networks_that_the_host_took_off_the_device(studio, freed):
    """What --lowvram and --novram come to: some layers, or all, are fetched at each use."""
    studio.save_gligen("partly.safetensors", seed=1)
    grounding = studio.ground(gligen=studio.load("partly.safetensors"))
    model, positive, negative = studio.apply(studio.new_model(), grounding=grounding)
    whole = studio.ksampler(model, positive, negative)
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    fetched = []

    def take_off(executor, patcher, *args, **kwargs):
        loaded = executor(patcher, *args, **kwargs)
        for each in (patcher, *patcher.get_additional_models()):
            each.partially_unload(torch.device("cpu"), freed)
            fetched.append(
                sum(hasattr(part, "prev_comfy_cast_weights") for part in each.model.modules())
            )
        return loaded

    low = model.clone()
    low.add_wrapper_with_key(kinds.PREPARE_SAMPLING, "low", take_off)
    assert close(studio.ksampler(low, positive, negative), whole)
    assert len(fetched) == 2 and min(fetched) >= 1
    if freed > 1:
        assert fetched[1] > 50  # every layer of the GLIGEN


def test_two_gligens_on_one_model(studio):
    studio.save_gligen("second.safetensors", seed=2)
    other = studio.ground(((0.0, 0.0, 0.5, 0.5),), ("a cup",), studio.load("second.safetensors"))
    inputs = {"positive": studio.text("a photo"), "negative": studio.text("")}
    first_alone = studio.ksampler(*studio.apply(**inputs))
    second_alone = studio.ksampler(*studio.apply(**inputs, grounding=other))

    def both(first_gate, second_gate):
        model, positive, negative = studio.apply(**inputs, gate=first_gate)
        return studio.apply(model, positive, negative, other, second_gate)

    opened, shut = studio.phases(1.0), studio.phases(0.0)
    model, positive, negative = both(opened, opened)
    assert len(model.additional_models) == 2
    model, calls = studio.watched(model)
    together = studio.ksampler(model, positive, negative)
    assert all(len(call.fusing) == 2 and call.rows == 2 for call in calls)
    assert differ(together, first_alone) and differ(together, second_alone)
    assert torch.equal(studio.ksampler(*both(opened, shut)), first_alone)
    assert torch.equal(studio.ksampler(*both(shut, opened)), second_alone)


def test_each_of_two_gligens_runs_once_per_block(studio):
    studio.save_gligen("second.safetensors", seed=2)
    other = studio.ground(((0.0, 0.0, 0.5, 0.5),), ("a cup",), studio.load("second.safetensors"))
    model, positive, negative = studio.apply()
    model, positive, negative = studio.apply(model, positive, negative, other)
    ran, block = [], studio.gligen.model.blocks[0]
    hooks = [
        net.fuser(block).ff.register_forward_hook(lambda *_, net=net: ran.append(net))
        for net in (studio.gligen.model, other.gligen.model)
    ]
    try:
        studio.ksampler(model, positive, negative, steps=3)
    finally:
        for hook in hooks:
            hook.remove()
    assert ran == [studio.gligen.model, other.gligen.model] * 3


def test_each_of_two_gligens_keeps_its_own_gate(studio):
    studio.save_gligen("second.safetensors", seed=2)
    other = studio.ground(((0.0, 0.0, 0.5, 0.5),), ("a cup",), studio.load("second.safetensors"))
    model, positive, negative = studio.apply(gate=studio.phases(0.5))
    model, positive, negative = studio.apply(model, positive, negative, other, studio.phases(0.75))
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, steps=4)
    assert [len(call.fusing) for call in calls] == [2, 2, 1, 0]


def test_the_same_file_loaded_twice_attaches_once(studio):
    again = studio.load("tiny.safetensors")
    assert again.model is not studio.gligen.model
    once = studio.ksampler(*studio.apply())
    model, positive, negative = studio.apply()
    model, positive, negative = studio.apply(model, positive, negative, studio.ground(gligen=again))
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    assert len(model.additional_models) == 1
    assert len(model.get_all_wrappers(kinds.SAMPLER_SAMPLE)) == 1
    assert torch.equal(studio.ksampler(model, positive, negative), once)


def controlled(studio, positive, negative):
    """Both conditionings under a tiny ControlNet with random weights."""
    config = dict(studio.model.model.model_config.unet_config)
    for name in ("out_channels", "transformer_depth_output"):
        config.pop(name)
    torch.manual_seed(7)
    net = studio.host("comfy.cldm.cldm").ControlNet(**config, hint_channels=3)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    control = studio.host("comfy.controlnet").ControlNet(net, load_device=torch.device("cpu"))
    image = torch.rand(1, 64, 64, 3)
    return studio.nodes.ControlNetApplyAdvanced().apply_controlnet(
        positive, negative, control, image, 1.0, 0.0, 1.0
    )
