"""A GLIGEN beside its MODEL: on the same device, in the same precision, on several at once.

No registry carries a host that splits a run among devices (0.23 and newer). `split` stands in for
the few calls of theirs that touch us: a patcher is cloned only by its factory, each device's MODEL
carries its own additional models, and each device's conditionings run in a thread of its own.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from studio import close
from torch.utils._python_dispatch import TorchDispatchMode

OTHER = torch.device("cpu", 0)  # another device than "cpu", and the same memory


def carried(model, key):
    (patcher,) = model.get_additional_models_with_key(key)
    return patcher


def deepclone(patcher, device):
    """As the newer hosts' `deepclone_multigpu`: the factory's network on another device."""
    factory = getattr(patcher, "cached_patcher_init", None)
    if factory is None:
        raise RuntimeError("cached_patcher_init is not initialized")
    make, arguments = factory
    clone = patcher.clone()
    clone.model = make(*arguments).model
    clone.load_device = device
    return clone


def split(studio, model, key):
    """-> the MODEL on two devices, by device; the second has networks of its own."""
    second = model.clone()
    second.load_device = OTHER
    second.set_additional_models(key, [deepclone(carried(model, key), OTHER)])
    return {model.load_device: model, OTHER: second}


def test_the_factories_give_networks_of_their_own(studio):
    for patcher in (studio.gligen.patcher, carried(studio.apply()[0], studio.gligen.key)):
        again = deepclone(patcher, OTHER).model
        assert again is not patcher.model
        mine, others = patcher.model.state_dict(), again.state_dict()
        assert mine.keys() == others.keys()
        assert all(torch.equal(mine[name], others[name]) for name in mine)


def test_the_demos_model_has_a_factory_too(pack):
    model = pack("nodes.demo").DemoModel.execute().result[0]
    again = deepclone(model, OTHER).model
    assert again is not model.model
    weights = model.model.diffusion_model.state_dict()
    found = again.diffusion_model.state_dict()
    assert all(torch.equal(weights[name], found[name]) for name in weights)


def test_two_devices_use_their_own_networks_and_give_the_same_picture(studio):
    model, positive, negative = studio.apply()
    whole = studio.ksampler(model, positive, negative)
    clones = split(studio, model, studio.gligen.key)
    used = {}

    def evaluate(executor, base, conds, x, timestep, options, *args):
        """One side per device, each in its own thread, at the same time."""
        together = threading.Barrier(2)

        def side(number, device):
            only = [conds[n] if n == number else None for n in range(2)]
            named = {**options["transformer_options"], "multigpu_thread_device": device}
            together.wait()
            with torch.inference_mode():
                return executor(
                    base, only, x, timestep, {**options, "transformer_options": named}, *args
                )[number]

        with ThreadPoolExecutor(2) as pool:
            return [each.result() for each in [pool.submit(side, *p) for p in enumerate(clones)]]

    def watch(executor, x, t, context, y, control, options, **kwargs):
        for forward in options.get("gligen_fusing", ()):
            used.setdefault(options["multigpu_thread_device"], set()).add(id(forward.net))
        return executor(x, t, context, y, control, options, **kwargs)

    extension = studio.host("comfy.patcher_extension")
    kinds = extension.WrappersMP

    def install(executor, guider, sigmas, extra_args, *args, **kwargs):
        """Innermost, as the newer hosts split within the evaluation of all sides."""
        options, kind = extra_args["model_options"], kinds.CALC_COND_BATCH
        extension.add_wrapper_with_key(kind, "split", evaluate, options, is_model_options=True)
        return executor(guider, sigmas, extra_args, *args, **kwargs)

    model = model.clone()
    model.model_options["multigpu_clones"] = clones
    # Newer hosts split by themselves, and may give one device both sides.
    splits = hasattr(studio.host("comfy.samplers"), "_calc_cond_batch_multigpu")
    if not splits:
        model.add_wrapper_with_key(kinds.SAMPLER_SAMPLE, "split", install)
    model.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "watch", watch)
    assert close(studio.ksampler(model, positive, negative), whole)
    networks = {
        device: {id(carried(each, studio.gligen.key).model)} for device, each in clones.items()
    }
    assert used and all(used[device] == networks[device] for device in used)
    assert splits or len(set.union(*used.values())) == 2


def test_the_gligen_goes_to_the_device_of_its_model(studio):
    elsewhere = studio.model.clone()
    elsewhere.load_device = OTHER
    beside = carried(studio.apply(elsewhere)[0], studio.gligen.key)
    assert beside.load_device == OTHER
    assert beside.model is not studio.gligen.model
    assert carried(studio.apply(elsewhere)[0], studio.gligen.key) is beside  # made once
    assert carried(studio.apply()[0], studio.gligen.key) is studio.gligen.patcher


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_float32_file_follows_a_unet_of_half_precision(studio, dtype):
    beside = carried(studio.apply(studio.new_model(dtype=dtype))[0], studio.gligen.key)
    assert {weight.dtype for weight in beside.model.parameters()} == {dtype}
    assert 2 * beside.model_size() == studio.gligen.patcher.model_size()
    assert carried(studio.apply()[0], studio.gligen.key).model is studio.gligen.model


def test_a_file_that_was_saved_smaller_stays_as_it_is(studio):
    studio.save_gligen("half.safetensors", seed=1, dtype=torch.float16)
    half = studio.load("half.safetensors")
    for model in (studio.model, studio.new_model(dtype=torch.bfloat16)):
        grounded = studio.apply(model, grounding=studio.ground(gligen=half))
        assert carried(grounded[0], half.key) is half.patcher


class WeightCasts(TorchDispatchMode):
    """Counts conversions of what is as large as a weight of the network, by shape."""

    def __init__(self, shapes):
        super().__init__()
        self.shapes, self.count = shapes, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is torch.ops.aten._to_copy.default and tuple(args[0].shape) in self.shapes:
            self.count += args[0].dtype != (kwargs or {}).get("dtype", args[0].dtype)
        return func(*args, **(kwargs or {}))


def test_no_step_casts_a_weight_of_the_fusers(studio):
    model, positive, negative = studio.apply(studio.new_model(dtype=torch.bfloat16))
    fusers = carried(model, studio.gligen.key).model.fusers
    shapes = {tuple(weight.shape) for weight in fusers.parameters() if weight.ndim == 2}
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    counts = []

    def count(executor, *args, **kwargs):
        with WeightCasts(shapes) as casts:
            result = executor(*args, **kwargs)
        counts.append(casts.count)
        return result

    model = model.clone()
    model.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "count", count)
    studio.ksampler(model, positive, negative, steps=2)
    assert counts == [0, 0]


def test_a_network_is_made_where_it_can_be_differentiated_through(studio):
    with torch.inference_mode():
        loaded = studio.load("tiny.safetensors")
        model = studio.new_model(dtype=torch.bfloat16)
        beside = loaded.beside(model)
    for network in (loaded.model, beside.model):
        assert not any(weight.is_inference() for weight in network.parameters())
