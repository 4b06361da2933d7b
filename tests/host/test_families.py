"""GLIGENs of SD2.x and SDXL in the host: diffusers' files on MODELs with several fusers a place."""

from dataclasses import dataclass

import pytest
import torch
from diffusers_unets import FAMILIES
from families import POOLED
from modes import SIDE_PX
from studio import differ, distance

NEW = ("SD2.x", "SDXL")
OTHERS = [(one, other) for one in FAMILIES for other in FAMILIES if one != other]
ROUNDING = 5e-5  # of fp32 over a whole UNet, as a share of the largest value


@dataclass
class Prediction:
    """What the host's UNet was asked, and its answer. text: b 1280 of SDXL's prompts, or None"""

    x: torch.Tensor
    timesteps: torch.Tensor
    context: torch.Tensor
    text: torch.Tensor | None
    sides: list
    out: torch.Tensor


def predictions(studio, model):
    """A copy of the MODEL, and the list to which each of its forwards is added."""
    made = []

    def watch(executor, x, timesteps, context, y, control, transformer_options, **kwargs):
        out = executor(x, timesteps, context, y, control, transformer_options, **kwargs)
        text = None if y is None else y[:, :POOLED]
        sides = list(transformer_options["cond_or_uncond"])
        made.append(Prediction(x, timesteps, context, text, sides, out))
        return out

    watched = model.clone()
    kinds = studio.host("comfy.patcher_extension").WrappersMP
    watched.add_wrapper_with_key(kinds.DIFFUSION_MODEL, "predictions", watch)
    return watched, made


def in_diffusers(unet, asked, inputs):
    """The same asked of diffusers' UNet; the negative has no objects."""
    rows = len(asked.sides)
    named = torch.tensor([[float(side == 0)] for side in asked.sides])
    gligen = {
        "boxes": inputs.boxes.expand(rows, -1, -1),
        "positive_embeddings": inputs.text.expand(rows, -1, -1),
        "masks": inputs.present * named,
    }
    added = None
    if asked.text is not None:  # height, width, cut off above and left, height, width
        sizes = torch.tensor([[SIDE_PX, SIDE_PX, 0, 0, SIDE_PX, SIDE_PX]])
        added = {"text_embeds": asked.text, "time_ids": sizes.expand(rows, -1)}
    return unet(
        asked.x,
        asked.timesteps,
        asked.context,
        added_cond_kwargs=added,
        cross_attention_kwargs={"gligen": gligen},
    ).sample


@pytest.mark.parametrize("base", FAMILIES)
@torch.inference_mode()
def test_the_hosts_unet_grounds_as_diffusers_own(studio, families, base):
    grounding = families[base].ground()
    model, positive, negative = families[base].apply(grounding)
    model, made = predictions(studio, model)
    studio.ksampler(model, positive, negative, steps=2)
    assert [sorted(each.sides) for each in made] == [[0, 1], [0, 1]]
    for each in made:
        expected = in_diffusers(families[base].unet, each, grounding.inputs)
        assert distance(each.out, expected) < ROUNDING


@pytest.mark.parametrize("base", NEW)
@torch.inference_mode()
def test_it_samples_with_a_fuser_in_every_transformer_block(studio, families, base):
    small = families[base]
    prompts = [studio.text(words, small.clip) for words in ("a photo", "")]
    plain = studio.ksampler(small.model, *prompts)
    model, positive, negative = small.apply()
    model, calls = studio.watched(model)
    grounded = studio.ksampler(model, positive, negative)
    assert grounded.isfinite().all() and differ(grounded, plain)
    blocks = set(studio.block_widths(small.model))
    deepest = {"SD2.x": 1, "SDXL": 3}[base]
    assert {block.depth for block in blocks} == set(range(deepest))
    for call in calls:
        ((tokens, _, columns),) = call.fusing
        assert set(columns) == blocks
        assert tokens.shape == (2, 30, small.shape.context)


@pytest.mark.parametrize("base", NEW)
@torch.inference_mode()
def test_a_shut_gate_is_the_plain_model_bit_for_bit(studio, families, base):
    small = families[base]
    prompts = [studio.text(words, small.clip) for words in ("a photo", "")]
    shut = small.apply(gate=studio.phases(0.0))
    assert torch.equal(studio.ksampler(*shut), studio.ksampler(small.model, *prompts))


@pytest.mark.parametrize("base", FAMILIES)
def test_the_folder_that_diffusers_saved_is_listed_with_its_base(families, pack, base):
    gligen, files = families[base].gligen, pack("host.files")
    assert gligen.name in files.gligen_names()
    assert f"box + text · {base} (context {families[base].shape.context})" in files.describe(gligen)


@pytest.mark.parametrize("base, model", OTHERS)
def test_a_gligen_on_a_model_of_another_base_names_both(families, pack, base, model):
    gate = pack("gligen_core.engine.attachment").SHUT
    own = type(families[model].model.model.model_config).__name__
    with pytest.raises(pack("gligen_core.errors").GligenError) as refused:
        pack("host.patch").attach(families[model].model, families[base].gligen, gate)
    said = str(refused.value)
    assert f"{families[base].gligen.name} is for {base} (context {FAMILIES[base].context})" in said
    assert f"this MODEL is {own} (context {FAMILIES[model].context})" in said
    assert f"a GLIGEN made for {own}" in said


@pytest.mark.parametrize("base, clip", OTHERS)
@torch.inference_mode()
def test_a_clip_of_another_base_is_named_with_the_one_that_is_needed(
    studio, families, pack, base, clip
):
    node = pack("nodes.ground").Ground
    with pytest.raises(pack("gligen_core.errors").GligenError) as refused:
        node.execute(families[base].gligen, families[clip].clip, studio.layout())
    given, _, needed = str(refused.value).partition('Wire "CLIP" (clip) to')
    assert f"of {clip})" in given and f"of {base}." in needed
