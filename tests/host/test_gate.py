"""The gate in real runs: when the fusers act, how strongly, and what is left where it is shut."""

import pytest
import torch
from studio import close, differ


@pytest.mark.parametrize("shut", ["ungrounded", "gate 0", "strength 0", "factor 0 everywhere"])
@pytest.mark.parametrize("sampler", ["euler", "heun", "uni_pc"])
def test_shut_or_ungrounded_is_the_plain_model_bit_for_bit(studio, shut, sampler):
    positive, negative = studio.text("a photo"), studio.text("")
    plain_model, plain_calls = studio.watched(studio.model)
    plain = studio.ksampler(plain_model, positive, negative, sampler)
    inputs = {"positive": positive, "negative": negative}
    if shut == "ungrounded":
        model, _, _ = studio.apply(**inputs)
        grounded = model, positive, negative
    elif shut == "gate 0":
        grounded = studio.apply(**inputs, gate=studio.phases(0.0))
    elif shut == "strength 0":
        grounded = studio.apply(**inputs, strength=0.0)
    else:
        scale = dict.fromkeys(("input", "middle", "output"), 0.0)
        grounded = studio.apply(**inputs, gate=studio.phases(1.0).with_block_scale(scale))
    model, calls = studio.watched(grounded[0])
    result = studio.ksampler(model, *grounded[1:], sampler)
    assert torch.equal(result, plain)
    assert not any(call.fusing for call in calls)
    assert [call.rows for call in calls] == [call.rows for call in plain_calls]
    assert [call.extra.keys() for call in calls] == [call.extra.keys() for call in plain_calls]


def test_the_official_phases_in_each_step(studio):
    calls = calls_of(studio, studio.phases(0.25, 0.5), steps=8)
    # Two steps open, four closing (3/4 to 0), two shut.
    assert gates_of(calls) == [1, 1, 0.75, 0.5, 0.25, 0, 0, 0]


def test_without_a_gate_the_phases_are_those_of_the_official_example(studio):
    node = studio.pack("nodes.apply").ApplyGligen
    grounded = node.execute(
        studio.model, studio.text("a photo"), studio.text(""), studio.ground()
    ).result
    model, calls = studio.watched(grounded[0])
    studio.ksampler(model, *grounded[1:], steps=10)
    assert gates_of(calls) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_strength_multiplies_the_gate(studio):
    assert gates_of(calls_of(studio, studio.phases(0.5), strength=1.5)) == [1.5, 1.5, 0, 0]
    weak = studio.ksampler(*studio.apply(strength=0.3))
    full = studio.ksampler(*studio.apply(strength=1.0))
    assert differ(weak, full)


def test_heun_and_dpm_2_evaluate_between_steps_with_the_gate_of_the_step_they_are_in(studio):
    for sampler in ("dpm_2", "dpmpp_2s_ancestral"):
        calls = calls_of(studio, studio.phases(0.5), sampler=sampler, steps=4)
        steps = steps_of(studio, calls, sampler)
        for call, step in zip(calls, steps, strict=True):
            assert gates_of([call]) == [1 if step < 2 else 0]
        assert len(calls) > 4


def test_uni_pc_counts_its_own_steps(studio):
    calls = calls_of(studio, studio.phases(0.5), sampler="uni_pc", steps=4)
    gates = gates_of(calls)
    assert gates == sorted(gates, reverse=True) and set(gates) == {0, 1}


def test_the_timestep_counts_where_the_run_starts_late(studio):
    # denoise 0.5 leaves the second half of the schedule: past an "on" of 0.4.
    late = {"denoise": 0.5, "latent": {"samples": torch.ones(1, 4, 8, 8)}}
    by_time = calls_of(studio, studio.phases(0.4, counts="timestep"), **late)
    by_step = calls_of(studio, studio.phases(0.5, counts="steps"), **late)
    assert gates_of(by_time) == [0, 0, 0, 0]
    assert gates_of(by_step) == [1, 1, 0, 0]


def test_a_scale_per_block_reaches_its_block_alone(studio):
    gate = studio.phases(1.0).with_block_scale({"output": 0.5, "middle": 0.0})
    (call, *_) = calls_of(studio, gate)
    _, gates, columns = call.fusing[0]
    by_section = {block.section: float(gates[0, column]) for block, column in columns.items()}
    assert by_section == {"input": 1.0, "output": 0.5}  # the middle's fuser does not even run


def test_a_scale_per_block_changes_the_picture(studio):
    full = studio.ksampler(*studio.apply())
    some = studio.apply(gate=studio.phases(1.0).with_block_scale({"middle": 0.0}))
    assert differ(studio.ksampler(*some), full)


def test_after_the_gate_has_shut_the_rest_is_the_plain_models(studio):
    """4 open steps of 8, then 4 plain ones: the same as handing over to the plain MODEL."""
    grounded = studio.apply(gate=studio.phases(0.5))
    whole = studio.ksampler(*grounded, steps=8)
    options = {"steps": 8, "start_step": 0, "last_step": 4, "force_full_denoise": False}
    half = studio.ksampler(*studio.apply(gate=studio.phases(1.0)), **options)
    rest = studio.ksampler(
        studio.model,
        studio.text("a photo"),
        studio.text(""),
        steps=8,
        start_step=4,
        disable_noise=True,
        latent={"samples": half},
    )
    assert close(rest, whole)


def calls_of(studio, gate, sampler="euler", strength=1.0, **changes):
    grounded = studio.apply(gate=gate, strength=strength)
    model, calls = studio.watched(grounded[0])
    studio.ksampler(model, *grounded[1:], sampler, **changes)
    return calls


def gates_of(calls):
    """The gate of each forward; 0 where no fuser runs."""
    return [float(call.fusing[0][1][0, 0]) if call.fusing else 0 for call in calls]


def steps_of(studio, calls, sampler):
    """The step of each forward: the last whose noise level is not below the forward's."""
    levels = (
        studio.host("comfy.samplers")
        .KSampler(studio.model, 4, "cpu", sampler, "normal")
        .sigmas[:-1]
    )
    return [int((levels >= call.sigma * 0.9999).sum()) - 1 for call in calls]
