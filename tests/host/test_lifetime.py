"""What a run leaves behind: nothing. And what copies of a MODEL share."""

import copy
import gc

import pytest
import torch
from studio import CONTEXT

from devtools.bench.memory import bytes_alive

TOKENS = (30, CONTEXT)  # the shape of tokens, and of phrase features
MEGABYTE = 2**20


def test_no_token_lives_on_after_the_run(studio):
    grounded = studio.apply()
    model, during = studio.model, []
    kinds = studio.host("comfy.patcher_extension").WrappersMP

    def count(executor, *args, **kwargs):
        during.append(token_tensors())
        return executor(*args, **kwargs)

    model = grounded[0].clone()
    model.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "count", count)
    before = token_tensors()
    studio.ksampler(model, *grounded[1:])
    assert min(during) > before
    assert token_tensors() == before


@pytest.fixture(scope="module")
def plain_bytes(studio):
    """What a run of the plain model keeps from one evaluation to the next."""
    run = studio.model, studio.text("a photo"), studio.text("")
    studio.ksampler(*run, steps=1)  # what the first run of all leaves in caches
    before, between, _ = bytes_in_run(studio, *run)
    return between - before


@pytest.mark.parametrize("mode", ["text_image_box", "keypoint", "sem"])  # those of most
def test_a_run_keeps_less_than_a_megabyte_more_and_then_nothing(studio, modes, plain_bytes, mode):
    grounded = modes.apply(mode)
    studio.ksampler(*grounded, steps=1)
    before, between, after = bytes_in_run(studio, *grounded)
    assert 0 < between - before - plain_bytes < MEGABYTE
    assert after == before


def bytes_in_run(studio, model, positive, negative):
    """-> bytes in tensors before a run, between its two evaluations, and after it"""
    at_evaluations = []

    def weigh(executor, *args, **kwargs):
        at_evaluations.append(bytes_alive())
        return executor(*args, **kwargs)

    kinds = studio.host("comfy.patcher_extension").WrappersMP
    model = model.clone()
    model.add_wrapper_with_key(kinds.CALC_COND_BATCH, "weigh", weigh)
    before = bytes_alive()
    studio.ksampler(model, positive, negative, steps=2)
    _, between = at_evaluations
    return before, between, bytes_alive()


def test_nothing_stays_in_the_options_of_the_model(studio):
    plain_wrappers = {kind: dict(by_key) for kind, by_key in studio.model.wrappers.items()}
    grounded = studio.apply()
    studio.ksampler(*grounded)
    for model in (studio.model, grounded[0]):
        assert model.model_options == {"transformer_options": {}}
    assert studio.model.wrappers == plain_wrappers
    assert studio.model.additional_models == {}


def test_the_conditionings_of_the_graph_are_not_touched(studio):
    positive, negative = studio.text("a photo"), studio.text("")
    kept = [dict(options) for _, options in positive + negative]
    model, grounded, null = studio.apply(positive=positive, negative=negative)
    assert [options for _, options in positive + negative] == kept
    keys = [set(options) for _, options in grounded + null]
    studio.ksampler(model, grounded, null)
    assert [set(options) for _, options in grounded + null] == keys


def test_copies_of_copies_share_the_network(studio):
    model, _, _ = studio.apply()
    again = model.clone().clone()
    (patcher,) = again.get_additional_models_with_key(studio.gligen.key)
    assert patcher.model is studio.gligen.model
    before = parameters_alive()
    copies = [again.clone() for _ in range(3)]
    assert parameters_alive() == before
    assert all(c.get_additional_models()[0].model is studio.gligen.model for c in copies)


def test_attachments_survive_a_deep_copy_without_a_network_in_them(studio):
    _, positive, _ = studio.apply()
    before = parameters_alive()
    copied = copy.deepcopy(positive)
    assert parameters_alive() == before
    attached = studio.pack("host.grounding").ATTACHED
    assert copied[0][1][attached][0].key == studio.gligen.key


def test_an_interrupt_in_mid_run_leaves_the_next_run_right(studio):
    model, positive, negative = studio.apply()
    right = studio.ksampler(model, positive, negative)
    tokens = token_tensors()
    interrupted, calls = interrupting(studio, model)
    with pytest.raises(studio.host("comfy.model_management").InterruptProcessingException):
        studio.ksampler(interrupted, positive, negative)
    assert len(calls) == 2
    assert torch.equal(studio.ksampler(model, positive, negative), right)
    assert interrupted.model_options == {"transformer_options": {}}
    assert token_tensors() == tokens


def test_an_interrupted_guider_keeps_no_token_and_runs_again(studio):
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    model, positive, negative = studio.apply()
    right = studio.ksampler(model, positive, negative)
    tokens = token_tensors()
    interrupted, calls = interrupting(studio, model)
    guider = custom.CFGGuider.execute(interrupted, positive, negative, 3.0)[0]

    def sample():
        return custom.SamplerCustomAdvanced.execute(
            custom.RandomNoise.execute(1)[0],
            guider,
            custom.KSamplerSelect.execute("euler")[0],
            custom.BasicScheduler.execute(model, "normal", 4, 1.0)[0],
            studio.latent(),
        )[0]["samples"]

    with pytest.raises(studio.host("comfy.model_management").InterruptProcessingException):
        sample()
    assert token_tensors() == tokens
    assert torch.equal(sample(), right)
    assert len(calls) == 2 + 4


def interrupting(studio, model):
    """A copy of the MODEL in whose second forward someone presses Interrupt."""
    management = studio.host("comfy.model_management")
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    calls = []

    def interrupt(executor, *args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            management.interrupt_current_processing()
        return executor(*args, **kwargs)

    model = model.clone()
    model.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "interrupt", interrupt)
    return model, calls


def token_tensors():
    gc.collect()
    return sum(
        isinstance(thing, torch.Tensor) and thing.shape[-2:] == TOKENS for thing in gc.get_objects()
    )


def parameters_alive():
    gc.collect()
    return sum(isinstance(thing, torch.nn.Parameter) for thing in gc.get_objects())
