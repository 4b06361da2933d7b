"""Every official mode in the host's sampler: what reaches the network, and what it changes."""

import pytest
import torch
from modes import MAPS, MODES
from studio import close, differ

WITH_MAP = (*MAPS, "sem")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_grounds_with_both_sides_in_one_forward(studio, modes, mode):
    plain = studio.ksampler(studio.model, studio.text("a photo"), studio.text(""))
    model, positive, negative = modes.apply(mode)
    model, calls = studio.watched(model)
    grounded = studio.ksampler(model, positive, negative)
    assert grounded.isfinite().all() and differ(grounded, plain)
    assert [call.rows for call in calls] == [2] * 4
    assert all(len(call.fusing) == 1 for call in calls)
    assert all(len(call.widening) == (mode in WITH_MAP) for call in calls)


@pytest.mark.parametrize("mode", MODES)
def test_the_negative_gets_the_official_null_tokens_and_the_same_map(studio, modes, mode):
    grounding = modes.ground(mode)
    model, positive, negative = studio.apply(grounding=grounding)
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, steps=1)
    (call,) = calls
    tokenizer, inputs = grounding.gligen.model.position_net, grounding.inputs.on_canvas(8, 8)
    nothing = null_inputs(inputs)
    with torch.no_grad():
        own, null = tokenizer(inputs), tokenizer(nothing)
    for row, side in enumerate(call.sides):
        assert close(call.fusing[0][0][row : row + 1], null if side else own)
    for _, extra, _ in call.widening:
        assert torch.equal(extra[0], extra[1])


@pytest.mark.parametrize("mode", MODES)
def test_a_shut_gate_is_the_plain_model_bit_for_bit(studio, modes, mode):
    positive, negative = studio.text("a photo"), studio.text("")
    plain = studio.ksampler(studio.model, positive, negative)
    shut = modes.apply(mode, positive=positive, negative=negative, gate=studio.phases(0.0))
    assert torch.equal(studio.ksampler(*shut), plain)


@pytest.mark.parametrize("mode", ["canny", "sem", "hed"])
def test_a_gate_that_shuts_brings_the_first_convolution_back(studio, modes, mode):
    model, positive, negative = modes.apply(mode, gate=studio.phases(0.5))
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative)
    assert [len(call.widening) for call in calls] == [1, 1, 0, 0]
    assert [len(call.fusing) for call in calls] == [1, 1, 0, 0]


@pytest.mark.parametrize("mode", WITH_MAP)
def test_a_map_reaches_both_the_tokenizer_and_the_first_convolution(studio, modes, mode):
    def seen(seed):
        grounding = modes.ground(mode, **modes.sources(mode, seed))
        model, positive, negative = studio.apply(grounding=grounding)
        model, calls = studio.watched(model)
        result = studio.ksampler(model, positive, negative, steps=1)
        row = calls[0].sides.index(0)
        return calls[0].fusing[0][0][row], calls[0].widening[0].extra[row], result

    assert all(differ(one, other) for one, other in zip(seen(1), seen(2), strict=True))


@pytest.mark.parametrize("mode", WITH_MAP)
def test_the_first_convolution_is_the_gligens_whatever_the_models_own(studio, modes, mode):
    other = studio.new_model()
    own = other.model.diffusion_model.input_blocks[0][0]
    with torch.no_grad():
        own.weight.add_(torch.randn(own.weight.shape) * 0.1)
        own.bias.add_(1)
    positive, negative = studio.text("a photo"), studio.text("")
    plain = [studio.ksampler(m, positive, negative, steps=2) for m in (studio.model, other)]
    assert differ(*plain)
    one, two = (
        studio.ksampler(*modes.apply(mode, model=model, positive=positive), steps=2)
        for model in (studio.model, other)
    )
    assert close(one, two)


def test_off_gives_the_negative_the_models_own_first_convolution(studio, modes):
    model, positive, negative = modes.apply("canny", negative_grounding="off")
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, steps=1)
    opened = calls[0].widening[0].opened.flatten().tolist()
    assert opened == [float(side == 0) for side in calls[0].sides]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("steps", [1, 5])
def test_each_network_is_asked_once_per_run_and_grounding(studio, modes, mode, steps):
    asked = []
    net = modes.gligen(mode).model
    parts = [part for part in (net.position_net, net.downsample_net) if part is not None]
    hooks = [part.register_forward_hook(lambda part, *_: asked.append(part)) for part in parts]
    try:
        studio.ksampler(*modes.apply(mode), steps=steps)
    finally:
        for hook in hooks:
            hook.remove()
    assert asked == parts


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(8, 12), (13, 8)])
def test_any_size_and_aspect(studio, modes, mode, size):
    model, positive, negative = modes.apply(mode)
    model, calls = studio.watched(model)
    latent = studio.latent(batch=2, size=size)
    found = studio.ksampler(model, positive, negative, latent=latent, steps=2)
    assert found.shape == (2, 4, *size) and found.isfinite().all()
    for _, extra, _ in calls[0].widening:
        assert extra.shape[0] == 4 and extra.shape[-2:] == size


@pytest.mark.parametrize("mode", ["canny", "sem", "keypoint", "text_box"])
def test_an_area_sees_its_part_of_the_grounding(studio, modes, mode):
    (area,) = studio.nodes.ConditioningSetArea().append(studio.text("x"), 32, 64, 32, 0, 1.0)
    grounding = modes.ground(mode)
    model, positive, negative = studio.apply(positive=area, grounding=grounding)
    model, calls = studio.watched(model)
    studio.ksampler(model, studio.text("all of it") + positive, negative, steps=1)
    box = modes.pack("gligen_core.geometry").Box(0.5, 0.0, 1.0, 1.0)
    with torch.no_grad():
        inputs = grounding.inputs.on_canvas(8, 8).within(box)
        expected = grounding.gligen.model.position_net(inputs)[0]
    rows = [(call, row) for call in calls for row, side in enumerate(call.sides) if side == 0]
    mine = [(c, row) for c, row in rows if close(c.fusing[0][0][row], expected)]
    assert len(mine) == 1
    for call, row in mine:
        for _, extra, _ in call.widening:
            assert extra[row].shape[-2:] == (8, 4)


@pytest.mark.parametrize("mode", WITH_MAP)
def test_a_batch_of_maps_grounds_each_picture_with_its_own(studio, modes, mode):
    maps = torch.cat([modes.sources(mode, seed)["map"] for seed in (1, 2)])
    grounding = modes.ground(mode, map=maps)
    model, positive, negative = studio.apply(grounding=grounding)
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, latent=studio.latent(2), steps=1)
    (call,) = calls
    first = call.sides.index(0) * 2
    for picture, seed in enumerate((1, 2)):
        alone = modes.ground(mode, **modes.sources(mode, seed))
        with torch.no_grad():
            expected = alone.gligen.model.position_net(alone.inputs.on_canvas(8, 8))[0]
        assert close(call.fusing[0][0][first + picture], expected)
    assert differ(call.widening[0].extra[first], call.widening[0].extra[first + 1])


def test_a_layout_for_each_picture(studio, modes):
    layout = modes.pack("gligen_core.layout")
    layouts = [
        studio.layout(((0.0, 0.0, 0.5, 0.5),), ("a cup",)),
        studio.layout(((0.5, 0.5, 1.0, 1.0),), ("a red ball",)),
    ]
    both = modes.ground("text_box", layout=layout.LayoutSequence(tuple(layouts)))
    model, positive, negative = studio.apply(grounding=both)
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, latent=studio.latent(2), steps=1)
    (call,) = calls
    first = call.sides.index(0) * 2
    for picture, one in enumerate(layouts):
        alone = modes.ground("text_box", layout=one)
        with torch.no_grad():
            expected = alone.gligen.model.position_net(alone.inputs)[0]
        assert close(call.fusing[0][0][first + picture], expected)


@pytest.mark.parametrize("mode", ["canny", "sem", "keypoint"])
def test_two_halves_equal_one_run(studio, modes, mode):
    gate = studio.phases(0.6, counts="timestep")
    model, positive, negative = modes.apply(mode, gate=gate)
    sample = studio.nodes.KSamplerAdvanced().sample

    def run(latent, first, last, noise, leftover):
        return sample(
            model, noise, 1, 6, 3.0, "euler", "normal", positive, negative, latent,
            first, last, leftover,
        )[0]  # fmt: skip

    whole = run(studio.latent(), 0, 1000, "enable", "disable")["samples"]
    half = run(studio.latent(), 0, 3, "enable", "enable")
    assert close(run(half, 3, 1000, "disable", "disable")["samples"], whole)


def null_inputs(inputs):
    """The official null input: every mask 0."""
    masks = {"present", "use_text", "use_image"} & set(type(inputs).__dataclass_fields__)
    names = type(inputs).__dataclass_fields__
    return type(inputs)(
        *(
            torch.zeros_like(getattr(inputs, name)) if name in masks else getattr(inputs, name)
            for name in names
        )
    )
