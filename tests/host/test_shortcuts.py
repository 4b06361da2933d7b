"""Shortcuts in the host: off they change nothing, on they leave out what they say."""

import gc

import pytest
import torch
from studio import LATENT, differ, distance

STEPS = 8


@pytest.fixture
def shortcuts(host):
    node = host("nodes").NODE_CLASS_MAPPINGS["GLIGEN_Shortcuts"]
    return lambda reuse=1, merge=False, skip_below=0.0: node.execute(reuse, merge, skip_below)[0]


@pytest.fixture
def work(studio):
    """Counts what the fusers of the studio's GLIGEN do: [fuser runs, keys looked at, rows]."""
    counts = {"runs": 0, "keys": 0, "rows": 0}

    def count(layer, inputs, output):
        x, memory, *_ = inputs
        counts["runs"] += 1
        counts["keys"] += memory.shape[1]
        counts["rows"] += len(x)

    fusers = studio.gligen.model.fusers.values()
    hooks = [fuser.attn.register_forward_hook(count) for fuser in fusers]
    yield counts
    for hook in hooks:
        hook.remove()


def picture(studio, *, steps=STEPS, sampler="euler", **inputs):
    return studio.ksampler(*studio.apply(**inputs), sampler, steps=steps)


def test_as_they_come_the_picture_is_the_same_to_the_bit(studio, shortcuts):
    assert torch.equal(picture(studio, shortcuts=shortcuts()), picture(studio))


@pytest.mark.parametrize("reuse, share", [(2, 4 / 8), (8, 3 / 8)])
def test_reused_residuals_spare_the_fusers_and_cost_little(studio, shortcuts, work, reuse, share):
    exact = picture(studio)
    all_runs = work["runs"]
    near = picture(studio, shortcuts=shortcuts(reuse=reuse))
    assert work["runs"] - all_runs == all_runs * share
    assert differ(near, exact)
    plain = studio.ksampler(studio.model, studio.text("a photo"), studio.text(""), steps=STEPS)
    assert distance(near, exact) < distance(plain, exact)


def test_every_evaluation_of_a_sampler_with_two_a_step_counts(studio, shortcuts, work):
    picture(studio, sampler="heun")
    all_runs = work["runs"]
    picture(studio, sampler="heun", shortcuts=shortcuts(reuse=2))
    spared = (work["runs"] - all_runs) / all_runs
    assert 0.4 < spared < 0.6


def test_while_the_gate_moves_every_step_is_exact(studio, shortcuts):
    moving = studio.phases(0.0, 1.0)
    exact = picture(studio, gate=moving)
    assert torch.equal(picture(studio, gate=moving, shortcuts=shortcuts(reuse=8)), exact)


def test_merged_rows_are_fewer_keys_for_another_picture(studio, shortcuts, work):
    exact = picture(studio)
    all_keys = work["keys"]
    merged = picture(studio, shortcuts=shortcuts(merge=True))
    assert work["keys"] - all_keys < all_keys
    assert differ(merged, exact)
    assert merged.isfinite().all()


def test_weak_blocks_are_left_out(studio, shortcuts, work):
    exact = picture(studio)
    fuser, all_runs = next(iter(studio.gligen.model.fusers.values())), work["runs"]
    weak = torch.full((), 0.05)
    strong = [fuser.alpha_attn.detach().clone(), fuser.alpha_dense.detach().clone()]
    with torch.no_grad():
        fuser.alpha_attn.copy_(weak), fuser.alpha_dense.copy_(weak)
        try:
            before = work["runs"]
            picture(studio, shortcuts=shortcuts(skip_below=0.2))
        finally:
            fuser.alpha_attn.copy_(strong[0]), fuser.alpha_dense.copy_(strong[1])
    blocks = len(studio.gligen.model.blocks)
    assert work["runs"] - before == all_runs * (blocks - 1) / blocks
    assert torch.equal(picture(studio), exact)


def test_a_negative_left_to_the_plain_model_costs_no_fuser_row(studio, work):
    picture(studio)
    all_rows = work["rows"]
    picture(studio, negative_grounding="off")
    assert work["rows"] - all_rows == all_rows / 2


@pytest.mark.parametrize("reuse", [1, 2])
def test_rows_behind_a_shut_gate_are_the_plain_models_to_the_bit(studio, shortcuts, reuse):
    texts = {"positive": studio.text("a photo"), "negative": studio.text("blurred")}
    grounded = studio.apply(**texts, negative_grounding="off", shortcuts=shortcuts(reuse=reuse))
    # Without guidance the prediction is the negative's.
    left_alone = studio.ksampler(*grounded, cfg=0.0)
    plain = studio.ksampler(studio.model, *texts.values(), cfg=0.0)
    assert torch.equal(left_alone, plain)


def test_residuals_end_with_the_run(studio, shortcuts):
    grounded = studio.apply(shortcuts=shortcuts(reuse=2))
    model, forwards = studio.watched(grounded[0])
    studio.ksampler(model, *grounded[1:], steps=1)  # what the first run leaves in caches
    forwards.clear()
    before = map_tensors()
    during = []

    def count(executor, *args, **kwargs):
        during.append(map_tensors())
        return executor(*args, **kwargs)

    kinds = studio.host("comfy.patcher_extension").WrappersMP
    model = grounded[0].clone()
    model.add_wrapper_with_key(kinds.CALC_COND_BATCH, "count", count)
    studio.ksampler(model, *grounded[1:], steps=3)
    assert during[-1] >= before + len(studio.gligen.model.blocks)
    assert map_tensors() == before


def map_tensors():
    """Tensors alive that hold visual rows of the batch: 2 q c."""
    gc.collect()
    sizes = {(LATENT // side) ** 2 for side in (1, 2)}
    return sum(
        isinstance(each, torch.Tensor)
        and each.dim() == 3
        and each.shape[0] == 2
        and each.shape[1] in sizes
        for each in gc.get_objects()
    )
