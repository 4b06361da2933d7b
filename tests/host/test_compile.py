"""`torch.compile` of the host's model: the pack adds no graph break, and recompiles for nothing."""

from dataclasses import replace

import pytest
import torch
from studio import BOXES, PHRASES, close
from torch._dynamo.utils import counters


@pytest.fixture(scope="module")
def apply(studio):
    """Apply GLIGEN on the smallest UNet that has all three sections: tracing takes its time."""
    config = replace(studio.config, channel_mult=(1,), res_blocks=(1,), depth=(1,))
    model = studio.new_model(config)
    studio.save_gligen("one_level.safetensors", seed=1, widths=studio.block_widths(model))
    gligen = studio.load("one_level.safetensors")

    def apply(boxes=BOXES, phrases=PHRASES, **inputs):
        return studio.apply(model, grounding=studio.ground(boxes, phrases, gligen), **inputs)

    return apply


@pytest.fixture
def compiled(studio, monkeypatch):
    """A MODEL as the host's Torch Compile Model node gives it, with a backend that only records."""
    attention = studio.host("comfy.ldm.modules.attention")
    # What the host takes without flags on a CPU asks for free memory: a graph break of its own.
    monkeypatch.setattr(attention, "optimized_attention", attention.attention_pytorch)
    helpers = studio.host("comfy_api.torch_helpers")
    torch._dynamo.reset()
    counters.clear()

    def compiled(model):
        copy = model.clone()
        helpers.set_torch_compile_wrapper(model=copy, backend="eager")
        return copy

    yield compiled
    torch._dynamo.reset()


def graphs():
    return counters["stats"]["unique_graphs"]


def sample(studio, compiled, grounded, **changes):
    model, positive, negative = grounded
    return studio.ksampler(compiled(model), positive, negative, **changes)


def test_a_grounded_step_is_one_graph_and_the_same_picture(studio, apply, compiled):
    grounded = apply()
    assert close(sample(studio, compiled, grounded), studio.ksampler(*grounded))
    assert graphs() == 1
    assert not counters["graph_break"]


def test_boxes_seeds_and_a_falling_gate_need_no_other_graph(studio, apply, compiled):
    sample(studio, compiled, apply(gate=studio.phases(1.0)))
    before = graphs()
    one_box = {"boxes": ((0.25, 0.25, 0.5, 0.5),), "phrases": ("a cup",)}
    for boxes in (one_box, {}):
        falling = apply(**boxes, gate=studio.phases(0.25, 0.5), strength=0.9)
        sample(studio, compiled, falling, seed=5, steps=8)
    plain = 1  # where the gate is shut
    assert graphs() == before + plain
    assert not counters["graph_break"]


def test_rows_left_out_are_one_graph_whichever_side_they_are(studio, apply, compiled):
    off = apply(negative_grounding="off")
    assert close(sample(studio, compiled, off), studio.ksampler(*off))
    before = graphs()
    sample(studio, compiled, (off[0], off[2], off[1]))  # the sides change places in the batch
    assert graphs() == before
    assert not counters["graph_break"]


def test_shortcuts_compile_too(studio, apply, compiled):
    shortcuts = studio.pack("gligen_core.engine.approximations").Shortcuts(reuse=2, merge=True)
    grounded = apply(shortcuts=shortcuts)
    whole = sample(studio, compiled, grounded, steps=8)
    assert close(whole, studio.ksampler(*grounded, steps=8))
    before = graphs()
    sample(studio, compiled, grounded, steps=8, seed=5)
    assert graphs() == before
    assert not counters["graph_break"]
