"""Which tokens and gates each conditioning brings: negatives, regions, areas, time ranges."""

import pytest
import torch
from studio import close, differ


def test_the_negative_is_grounded_with_null_tokens(studio):
    for call in calls_of(studio, *studio.apply()):
        tokens, gates, _ = call.fusing[0]
        assert close(tokens[call.sides.index(1)], null(studio))
        assert close(tokens[call.sides.index(0)], own(studio.ground()))
        assert (gates == 1).all()


def test_the_negative_may_have_the_boxes_of_the_positive(studio):
    for call in calls_of(studio, *studio.apply(negative_grounding="same as positive")):
        tokens, gates, _ = call.fusing[0]
        assert torch.equal(tokens[0], tokens[1])
        assert close(tokens[0], own(studio.ground()))
        assert (gates == 1).all()


def test_the_negative_may_be_left_to_the_plain_model(studio):
    for call in calls_of(studio, *studio.apply(negative_grounding="off")):
        _, gates, _ = call.fusing[0]
        assert (gates[call.sides.index(1)] == 0).all()
        assert (gates[call.sides.index(0)] == 1).all()


def test_a_negative_left_alone_predicts_what_the_plain_model_does(studio):
    positive, negative = studio.text("a photo"), studio.text("blurred")

    def negative_only(model, positive, negative):
        return studio.ksampler(model, positive, negative, cfg=0.0)

    plain = negative_only(studio.model, positive, negative)
    inputs = {"positive": positive, "negative": negative}
    off = negative_only(*studio.apply(**inputs, negative_grounding="off"))
    null = negative_only(*studio.apply(**inputs, negative_grounding="null"))
    assert close(off, plain)
    assert differ(null, plain)


def test_each_mode_of_the_negative_gives_another_picture(studio):
    pictures = [
        studio.ksampler(*studio.apply(negative_grounding=mode))
        for mode in ("null", "same as positive", "off")
    ]
    assert differ(pictures[0], pictures[1])
    assert differ(pictures[0], pictures[2])
    assert differ(pictures[1], pictures[2])


def test_two_regions_with_layouts_of_their_own_share_the_batch(studio):
    left, right = halves(studio)
    grounding = studio.ground(((0.5, 0.5, 1.0, 1.0),), ("a cup",))
    model, left, negative = studio.apply(positive=left)
    (right,) = studio.pack("nodes.apply").GroundConditioning.execute(right, grounding).result
    calls = calls_of(studio, model, left + right, negative, steps=2)
    assert [call.rows for call in calls] == [3, 3]
    for call in calls:
        tokens, gates, _ = call.fusing[0]
        seen = [tokens[row] for row, side in enumerate(call.sides) if side == 0]
        expected = [own(studio.ground()), own(grounding)]
        assert matched(seen, expected)
        assert close(tokens[call.sides.index(1)], null(studio))
        assert (gates == 1).all()  # Ground Conditioning follows the gate of the Apply node


def test_two_regions_may_have_gates_of_their_own(studio):
    left, right = halves(studio)
    model, left, negative = studio.apply(positive=left, gate=studio.phases(1.0))
    other = studio.ground(((0.5, 0.5, 1.0, 1.0),), ("a cup",))
    model, right, negative = studio.apply(
        model, right, negative, other, studio.phases(0.5), strength=0.5
    )
    assert len(model.additional_models) == 1  # the same GLIGEN attaches once
    calls = calls_of(studio, model, left + right, negative, steps=4)
    gates = [sorted(per_side(call, 0)) for call in calls]
    assert gates == [[0.5, 1.0], [0.5, 1.0], [0.0, 1.0], [0.0, 1.0]]
    assert [per_side(call, 1) for call in calls] == [[0.5], [0.5], [0.0], [0.0]]


def test_boxes_are_shifted_and_scaled_into_an_area(studio):
    # The right half of the canvas: what lies left of it is absent, what crosses its edge is cut.
    boxes = ((0.5, 0.25, 0.75, 0.75), (0.25, 0.5, 0.75, 1.0), (0.0, 0.0, 0.25, 0.25))
    phrases = ("a red ball", "a blue cube", "a cup")
    inside = ((0.0, 0.25, 0.5, 0.75), (0.0, 0.5, 0.5, 1.0))
    expected = own(studio.ground(inside, phrases[:2]))
    (area,) = studio.nodes.ConditioningSetArea().append(studio.text("x"), 32, 64, 32, 0, 1.0)
    model, area, negative = studio.apply(positive=area, grounding=studio.ground(boxes, phrases))
    calls = calls_of(studio, model, studio.text("all of it") + area, negative)
    tokens = [
        call.fusing[0][0][row]
        for call in calls
        for row, side in enumerate(call.sides)
        if side == 0 and matched([call.fusing[0][0][row]], [expected])
    ]
    assert len(tokens) == len({call.sigma for call in calls})  # once in each step


def test_one_grounding_is_seen_from_the_whole_and_from_an_area(studio):
    box, text = ((0.5, 0.25, 0.75, 0.75),), studio.text("x")
    (area,) = studio.nodes.ConditioningSetArea().append(text, 32, 64, 32, 0, 1.0)
    grounding = studio.ground(box, ("a cup",))
    model, both, negative = studio.apply(positive=text + area, grounding=grounding)
    seen = [
        call.fusing[0][0][row]
        for call in calls_of(studio, model, both, negative, steps=1)
        for row, side in enumerate(call.sides)
        if side == 0
    ]
    inside = studio.ground(((0.0, 0.25, 0.5, 0.75),), ("a cup",))
    assert matched(seen, [own(grounding), own(inside)])


@pytest.mark.parametrize("steps", [1, 6])
def test_tokens_are_made_once_per_run_and_grounding(studio, steps):
    made, tokenizer = [], studio.gligen.model.position_net
    left, right = halves(studio)
    model, both, negative = studio.apply(positive=left + right)  # one grounding on two parts
    hook = tokenizer.register_forward_hook(lambda *_: made.append(1))
    try:
        studio.ksampler(model, both, negative, steps=steps)
    finally:
        hook.remove()
    assert len(made) == 1  # the null tokens ask for nothing but the network's own features


@pytest.mark.parametrize("mode", ["null", "same as positive", "off"])
def test_the_hosts_copy_of_an_area_counts_as_negative(studio, mode):
    # The host lets the negative answer each area of the positive with a copy of its conditioning.
    (area,) = studio.nodes.ConditioningSetArea().append(studio.text("x"), 32, 64, 32, 0, 1.0)
    model, area, negative = studio.apply(positive=area, negative_grounding=mode)
    calls = calls_of(studio, model, studio.text("all of it") + area, negative)
    negatives = [
        (call.fusing[0][0][row], call.fusing[0][1][row])
        for call in calls
        for row, side in enumerate(call.sides)
        if side == 1
    ]
    assert len(negatives) == 2 * len({call.sigma for call in calls})
    for tokens, gates in negatives:
        assert (gates == (0 if mode == "off" else 1)).all()
        assert close(tokens, null(studio)) == (mode != "same as positive")


def test_masked_regions_keep_their_tokens(studio):
    mask = torch.zeros(64, 64)
    mask[:, :32] = 1
    (masked,) = studio.nodes.ConditioningSetMask().append(studio.text("x"), mask, "default", 1.0)
    plain = studio.ksampler(studio.model, masked + studio.text("y"), studio.text(""))
    model, masked, negative = studio.apply(positive=masked)
    positive = masked + studio.text("y")
    calls = calls_of(studio, model, positive, negative)
    assert all(call.rows == 3 for call in calls)
    for call in calls:
        seen = [call.fusing[0][0][row] for row, side in enumerate(call.sides) if side == 0]
        assert matched(seen, [own(studio.ground()), null(studio)])
    assert differ(studio.ksampler(model, positive, negative), plain)


def test_a_mask_turned_into_an_area_moves_the_boxes(studio):
    mask = torch.zeros(64, 64)
    mask[:, 32:] = 1
    text = studio.text("x")
    (masked,) = studio.nodes.ConditioningSetMask().append(text, mask, "mask bounds", 1.0)
    grounding = studio.ground(((0.5, 0.25, 0.75, 0.75),), ("a cup",))
    model, masked, negative = studio.apply(positive=masked, grounding=grounding)
    expected = own(studio.ground(((0.0, 0.25, 0.5, 0.75),), ("a cup",)))
    calls = calls_of(studio, model, masked + studio.text("y"), negative)
    assert any(matched([tokens], [expected]) for c in calls for tokens in c.fusing[0][0])


def test_a_timestep_range_grounds_only_while_it_lasts(studio):
    text, whole = studio.text("x"), studio.text("y")
    (early,) = studio.nodes.ConditioningSetTimestepRange().set_range(text, 0.0, 0.5)
    model, early, negative = studio.apply(positive=early)
    calls = calls_of(studio, model, early + whole, negative, steps=6)
    grounded = [bool(call.fusing) for call in calls]
    assert grounded == sorted(grounded, reverse=True) and 0 < sum(grounded) < len(grounded)
    # Without a grounded conditioning under way it is the plain model's evaluation.
    assert [call.rows for call in calls] == [3 if is_on else 2 for is_on in grounded]


def test_a_side_that_nothing_was_attached_to_gets_null_tokens(studio):
    # Perp-Neg has a third one, an empty prompt.
    perp = studio.host("comfy_extras.nodes_perpneg")
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    model, positive, negative = studio.apply()
    model, calls = studio.watched(model)
    guider = perp.PerpNegGuider.execute(model, positive, negative, studio.text(""), 3.0, 1.0)[0]
    custom.SamplerCustomAdvanced.execute(
        custom.RandomNoise.execute(1)[0],
        guider,
        custom.KSamplerSelect.execute("euler")[0],
        custom.BasicScheduler.execute(model, "normal", 2, 1.0)[0],
        studio.latent(),
    )
    for call in calls:
        assert call.rows == 3
        assert sum(matched([tokens], [null(studio)]) for tokens in call.fusing[0][0]) == 2


def halves(studio):
    """Two conditionings, one for the left half of the picture and one for the right."""
    mask = torch.zeros(64, 64)
    mask[:, :32] = 1
    set_mask = studio.nodes.ConditioningSetMask().append
    (left,) = set_mask(studio.text("left"), mask, "default", 1.0)
    (right,) = set_mask(studio.text("right"), 1 - mask, "default", 1.0)
    return left, right


def calls_of(studio, model, positive, negative, **changes):
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, **({"steps": 2} | changes))
    assert calls
    return calls


def per_side(call, side):
    """The first block's gate of each conditioning of that side; 0 where no fuser runs."""
    rows = [row for row, each in enumerate(call.sides) if each == side]
    return [float(call.fusing[0][1][row, 0]) if call.fusing else 0.0 for row in rows]


def matched(seen, expected):
    """Whether these are those, in any order."""
    return len(seen) == len(expected) and all(
        any(close(one, other) for one in seen) for other in expected
    )


def own(grounding):
    with torch.no_grad():
        return grounding.gligen.model.position_net(grounding.inputs)[0]


def null(studio):
    with torch.no_grad():
        return studio.gligen.model.position_net.null_tokens(30)[0]
