"""Grounded sampling in the host's samplers: what runs, how often, and what it changes."""

import pytest
import torch
from studio import close, differ

SAMPLERS = ["euler", "heun", "dpmpp_2m_sde", "uni_pc"]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("batch", [1, 2])
def test_grounding_changes_the_result_at_the_plain_number_of_calls(studio, sampler, batch):
    positive, negative = studio.text("a photo"), studio.text("")
    latent = studio.latent(batch)
    plain_model, plain_calls = studio.watched(studio.model)
    plain = studio.ksampler(plain_model, positive, negative, sampler, latent=latent)
    model, positive, negative = studio.apply(positive=positive, negative=negative)
    model, calls = studio.watched(model)
    grounded = studio.ksampler(model, positive, negative, sampler, latent=latent)
    assert grounded.shape == (batch, 4, 8, 8) and grounded.isfinite().all()
    assert differ(grounded, plain)
    assert [call.rows for call in calls] == [call.rows for call in plain_calls]
    assert {call.rows for call in calls} == {2 * batch}  # both sides in one forward
    assert all(call.fusing for call in calls)


def test_another_box_another_phrase_and_another_seed_give_another_picture(studio):
    def picture(seed=1, **grounding):
        return studio.ksampler(*studio.apply(grounding=studio.ground(**grounding)), seed=seed)

    pictures = [
        picture(),
        picture(boxes=((0.5, 0.25, 0.875, 0.75), (0.5, 0.125, 0.875, 0.625))),
        picture(phrases=("a very old map of Norway", "a blue cube")),
        picture(seed=2),
    ]
    for number, one in enumerate(pictures):
        assert not any(close(one, other) for other in pictures[:number])
    assert torch.equal(pictures[0], picture())


def test_the_order_of_the_objects_does_not_matter(studio):
    boxes, phrases = ((0, 0, 0.5, 0.5), (0.25, 0.5, 1, 1)), ("a red ball", "a blue cube")
    one = studio.ksampler(*studio.apply(grounding=studio.ground(boxes, phrases)))
    other = studio.ksampler(*studio.apply(grounding=studio.ground(boxes[::-1], phrases[::-1])))
    assert close(one, other)


def test_pictures_need_not_be_square(studio):
    model, positive, negative = studio.apply()
    latent = studio.ksampler(model, positive, negative, latent=studio.latent(size=(8, 12)))
    assert latent.shape == (1, 4, 8, 12) and latent.isfinite().all()


def test_sampler_custom_advanced_equals_ksampler(studio):
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    model, positive, negative = studio.apply()
    out = custom.SamplerCustomAdvanced.execute(
        custom.RandomNoise.execute(1)[0],
        custom.CFGGuider.execute(model, positive, negative, 3.0)[0],
        custom.KSamplerSelect.execute("euler")[0],
        custom.BasicScheduler.execute(model, "normal", 4, 1.0)[0],
        studio.latent(),
    )
    assert torch.equal(out[0]["samples"], studio.ksampler(model, positive, negative))


@pytest.mark.parametrize("style", ["regular", "nested"])
def test_dual_cfg_grounds_the_side_that_has_boxes(studio, style):
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    model, positive, negative = studio.apply()
    model, calls = studio.watched(model)
    guider = custom.DualCFGGuider.execute(
        model, positive, studio.text("a painting"), negative, 3.0, 2.0, style
    )[0]
    out = custom.SamplerCustomAdvanced.execute(
        custom.RandomNoise.execute(1)[0],
        guider,
        custom.KSamplerSelect.execute("euler")[0],
        custom.BasicScheduler.execute(model, "normal", 3, 1.0)[0],
        studio.latent(),
    )
    assert out[0]["samples"].isfinite().all()
    assert [call.rows for call in calls] == [3, 3, 3]
    null, own = null_tokens(studio), tokens_of(studio, studio.ground())
    for call in calls:
        # The guider hands over negative, second, first.
        tokens, _, _ = call.fusing[0]
        expected = {0: null, 1: null, 2: own}
        for row, side in enumerate(call.sides):
            assert close(tokens[row : row + 1], expected[side])


def test_two_halves_equal_one_run_where_the_gate_counts_the_timestep(studio):
    one, two = whole_and_halves(studio, studio.phases(0.4, counts="timestep"))
    assert close(one, two)


def test_two_halves_differ_from_one_run_where_the_gate_counts_steps(studio):
    one, two = whole_and_halves(studio, studio.phases(0.4, counts="steps"))
    assert differ(one, two)


def whole_and_halves(studio, gate):
    """The latents of 8 steps at once, and of 4 + 4 by KSamplerAdvanced."""
    model, positive, negative = studio.apply(gate=gate)
    advanced = studio.nodes.KSamplerAdvanced().sample

    def run(latent, first, last, add_noise, leftover):
        return advanced(
            model, add_noise, 1, 8, 3.0, "euler", "normal", positive, negative, latent,
            first, last, leftover,
        )[0]  # fmt: skip

    whole = run(studio.latent(), 0, 1000, "enable", "disable")
    half = run(studio.latent(), 0, 4, "enable", "enable")
    return whole["samples"], run(half, 4, 1000, "disable", "disable")["samples"]


def null_tokens(studio, gligen=None):
    with torch.no_grad():
        return (gligen or studio.gligen).model.position_net.null_tokens(30)


def tokens_of(studio, grounding):
    with torch.no_grad():
        return grounding.gligen.model.position_net(grounding.inputs)
