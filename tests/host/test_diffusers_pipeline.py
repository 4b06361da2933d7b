"""Diffusers' text-box pipeline and this pack on the same weights: latents equal after sampling.

Prompt, phrases, boxes, guidance and scheduled sampling go through both; both step by Euler over
the same noise levels. The pipeline is right for text boxes without inpainting.
"""

import copy

import pytest
import torch
from studio import BOXES, LATENT, PHRASES, distance

from devtools.bench.pipeline import text_box_pipeline

PROMPT, NEGATIVE = "a photo of a table", "blurry"
STEPS, GUIDANCE = 4, 5.0
HEADS = 4  # of the studio's text encoder
SCALE = 0.18215  # of SD1.x's latents
ROUNDING = 2e-5  # of fp32 over a whole run, as a share of the largest value


@pytest.fixture(scope="module")
def pipeline(studio, families):
    """Of the pipelines that diffusers keeps as deprecated, with the networks that the host has."""
    unet = copy.deepcopy(families["SD1.x"].unet)  # a run leaves its fusers switched off
    encoder = studio.clip.cond_stage_model.clip_l
    return text_box_pipeline(unet, encoder, HEADS, studio.host)


def by_diffusers(pipeline, noise, share, boxes=BOXES, phrases=PHRASES):
    """-> latents. share: of the steps that ground"""
    pipeline.scheduler.set_timesteps(STEPS)
    first = pipeline.scheduler.sigmas[0]
    return pipeline(
        PROMPT,
        height=8 * LATENT,
        width=8 * LATENT,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        negative_prompt=NEGATIVE,
        gligen_phrases=list(phrases),
        gligen_boxes=[list(box) for box in boxes],
        gligen_scheduled_sampling_beta=share,
        # The host adds a trace of an empty picture to the first noise; diffusers leaves it out.
        latents=noise * (1 + first**2).sqrt() / pipeline.scheduler.init_noise_sigma,
        output_type="latent",
    ).images


def by_the_pack(studio, small, sigmas, noise, share, boxes=BOXES, phrases=PHRASES):
    """-> latents, in the scale of the UNet"""
    custom = studio.host("comfy_extras.nodes_custom_sampler")
    prompts = [studio.text(words, small.clip) for words in (PROMPT, NEGATIVE)]
    grounding = small.ground(studio.layout(boxes, phrases))
    model, positive, negative = studio.apply(
        small.model, *prompts, grounding, gate=studio.phases(share)
    )

    class Given:
        """The host's NOISE, of given numbers."""

        seed = 0

        def generate_noise(self, latent):
            return noise

    out = custom.SamplerCustomAdvanced.execute(
        Given(),
        custom.CFGGuider.execute(model, positive, negative, GUIDANCE)[0],
        custom.KSamplerSelect.execute("euler")[0],
        sigmas,
        studio.latent(),
    )
    return out[0]["samples"] * SCALE


@pytest.mark.parametrize("share", [1.0, 0.5])
@torch.inference_mode()
def test_latents_are_those_of_the_pipeline(studio, families, pipeline, share):
    noise = torch.randn(1, 4, LATENT, LATENT, generator=torch.Generator().manual_seed(2))
    expected = by_diffusers(pipeline, noise, share)
    sigmas = pipeline.scheduler.sigmas.clone()
    found = by_the_pack(studio, families["SD1.x"], sigmas, noise, share)
    assert distance(found, expected) < ROUNDING
    # The comparison would see another box, another phrase, and another share of the steps.
    moved = ((0.5, 0.5, 0.875, 1.0), BOXES[1])
    others = ({"boxes": moved}, {"phrases": ("a cup", PHRASES[1])}, {"share": 1.5 - share})
    for changes in others:
        settings = {"share": share} | changes
        other = by_the_pack(studio, families["SD1.x"], sigmas, noise, **settings)
        assert distance(other, expected) > 5 * ROUNDING
