"""GLIGEN Inpaint: what is told to the network, what is kept, what is put back."""

import pytest
import torch
from modes import INPAINTING, SIDE_PX
from studio import close, differ
from test_first_conv import vae

BOX = (0.25, 0.25, 0.75, 0.875)


@pytest.fixture
def inpaint(pack):
    return pack("nodes.inpaint").GligenInpaint.execute


def mask_of(x0=16, y0=16, x1=48, y1=56):
    mask = torch.zeros(1, SIDE_PX, SIDE_PX)
    mask[:, y0:y1, x0:x1] = 1
    return mask


def painted(studio, modes, inpaint, mode="text_box", model=None, gate=None, **what):
    """-> MODEL, positive, negative, latent, mask"""
    what = what or {"mask": mask_of()}
    positive, negative, latent, mask = inpaint(
        studio.text("a photo"), studio.text(""), vae(studio), modes.picture(), **what
    ).result
    grounding = modes.ground(mode, inpaint=True)
    model, positive, negative = studio.apply(model, positive, negative, grounding, gate)
    return model, positive, negative, latent, mask


@pytest.mark.parametrize("mode", INPAINTING)
def test_the_network_sees_the_masked_latent_then_the_mask(studio, modes, inpaint, mode):
    model, positive, negative, latent, _ = painted(studio, modes, inpaint, mode)
    model, calls = studio.watched(model)
    found = studio.ksampler(model, positive, negative, latent=latent)
    assert found.isfinite().all()
    keep = torch.ones(1, 1, 8, 8)
    keep[..., 2:7, 2:6] = 0
    z0 = studio.model.model.process_latent_in(vae(studio).encode(modes.picture()))
    expected = torch.cat((z0 * keep, keep), 1)
    for call in calls:
        assert call.rows == 2
        (_, extra, opened), *none = call.widening
        assert not none and opened is None
        assert close(extra, expected.expand(2, -1, -1, -1))


def test_boxes_paint_and_with_a_mask_both_do(studio, modes, inpaint):
    by_box = painted(studio, modes, inpaint, layout=studio.layout((BOX,), ("a cup",)))
    by_mask = painted(studio, modes, inpaint)
    assert torch.equal(by_box[4], by_mask[4])
    assert torch.equal(by_box[3]["noise_mask"], by_mask[3]["noise_mask"])
    both = painted(
        studio,
        modes,
        inpaint,
        mask=mask_of(0, 0, 8, 8),
        layout=studio.layout((BOX,), ("a cup",)),
    )
    assert torch.equal(both[4], torch.maximum(by_mask[4], mask_of(0, 0, 8, 8)))


def test_the_rest_of_the_picture_stays(studio, modes, inpaint):
    model, positive, negative, latent, _ = painted(studio, modes, inpaint)
    found = studio.ksampler(model, positive, negative, latent=latent)
    kept = (latent["noise_mask"] == 0).expand_as(found)
    assert torch.allclose(found[kept], latent["samples"][kept], atol=1e-5)
    assert differ(found[~kept], latent["samples"][~kept])


def test_soft_edges_stay_soft_for_the_sampler_and_are_cut_for_the_network(studio, modes, inpaint):
    soft = mask_of() * 0.7
    model, positive, negative, latent, _ = painted(studio, modes, inpaint, mask=soft)
    assert latent["noise_mask"].unique().tolist() == pytest.approx([0.0, 0.7])
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, latent=latent, steps=1)
    assert set(calls[0].widening[0].extra[:, 4].unique().tolist()) == {0.0, 1.0}


def test_its_first_convolution_stays_at_a_shut_gate(studio, modes, inpaint):
    shut = studio.phases(0.0)
    model, positive, negative, latent, _ = painted(studio, modes, inpaint, gate=shut)
    model, calls = studio.watched(model)
    found = studio.ksampler(model, positive, negative, latent=latent)
    assert all(call.widening and not call.fusing for call in calls)
    plain = studio.ksampler(studio.model, studio.text("a photo"), studio.text(""), latent=latent)
    assert differ(found, plain)


@pytest.mark.parametrize("mode", INPAINTING)
def test_without_a_gate_it_stays_open_as_in_the_official_examples(
    studio, modes, inpaint, pack, mode
):
    positive, negative, latent, _ = inpaint(
        studio.text("a photo"), studio.text(""), vae(studio), modes.picture(), mask=mask_of()
    ).result
    grounding = modes.ground(mode, inpaint=True)
    model, *sides = pack("nodes.apply").ApplyGligen.execute(
        studio.model, positive, negative, grounding
    )
    model, calls = studio.watched(model)
    studio.ksampler(model, *sides, latent=latent, steps=10)
    assert [float(call.fusing[0][1].max()) for call in calls] == [1.0] * 10


def test_a_batch_of_pictures_with_a_mask_each(studio, modes, inpaint):
    masks = torch.cat((mask_of(), mask_of(0, 0, 32, 32)))
    positive, negative, latent, painted_mask = inpaint(
        studio.text("a photo"), studio.text(""), vae(studio), modes.picture(), masks
    ).result
    assert latent["samples"].shape[0] == 2 and torch.equal(painted_mask, masks)
    grounding = modes.ground("text_box", inpaint=True)
    model, positive, negative = studio.apply(None, positive, negative, grounding)
    model, calls = studio.watched(model)
    studio.ksampler(model, positive, negative, latent=latent, steps=1)
    extra = calls[0].widening[0].extra
    assert extra.shape[0] == 4 and differ(extra[0], extra[1])


def test_sides_that_are_no_multiple_of_8_are_cut_as_the_vae_cuts(studio, modes, inpaint, pack):
    picture = modes.picture(size=(67, 74))
    mask = torch.zeros(1, 67, 74)
    mask[:, 20:40, 20:40] = 1
    _, _, latent, small = inpaint(
        studio.text("x"), studio.text(""), vae(studio), picture, mask
    ).result
    assert latent["samples"].shape[-2:] == (8, 9) and small.shape == (1, 64, 72)
    paste = pack("nodes.inpaint").PasteBack.execute
    result = paste(picture, torch.zeros(1, 64, 72, 3), small, 0)[0]
    assert torch.equal(result[mask == 0], picture[mask == 0])
    assert float(result[mask == 1].abs().max()) == 0


@pytest.mark.parametrize("feather", [0, 5, 200])
def test_paste_back_leaves_the_original_alone_outside_the_mask(modes, pack, feather):
    original, new, mask = modes.picture(1), modes.picture(2), mask_of()
    result = pack("nodes.inpaint").PasteBack.execute(original, new, mask, feather)[0]
    assert torch.equal(result[mask == 0], original[mask == 0])
    if feather == 0:
        assert torch.allclose(result[mask == 1], new[mask == 1])


@pytest.mark.parametrize(
    "what, words",
    [
        ({}, "nothing says where to paint"),
        ({"mask": torch.zeros(1, 32, 64)}, "the mask is 64 x 32 pixels, the picture 64 x 64"),
        ({"mask": torch.ones(2, 64, 64), "pixels": 3}, "3 pictures, but 2 masks"),
    ],
)
def test_what_does_not_fit_is_named(studio, modes, inpaint, pack, what, words):
    pixels = modes.picture(batch=what.pop("pixels", 1))
    with pytest.raises(pack("gligen_core.errors").GligenError, match=words):
        inpaint(studio.text("x"), studio.text(""), vae(studio), pixels, **what)


def test_a_layout_without_boxes_says_so(studio, modes, inpaint, pack):
    layout = pack("gligen_core.layout").Layout()
    with pytest.raises(pack("gligen_core.errors").GligenError, match="the layout has no boxes"):
        inpaint(studio.text("x"), studio.text(""), vae(studio), modes.picture(), layout=layout)


def test_an_inpainting_gligen_without_a_picture_names_the_node(studio, modes, pack):
    grounded = studio.apply(grounding=modes.ground("text_box", inpaint=True))
    with pytest.raises(pack("gligen_core.errors").GligenError, match="Put a GLIGEN Inpaint node"):
        studio.ksampler(*grounded)


def test_a_latent_of_another_size_is_refused(studio, modes, inpaint, pack):
    model, positive, negative, _, _ = painted(studio, modes, inpaint)
    with pytest.raises(pack("gligen_core.errors").GligenError, match=r"8 x 8 cells.* 12 x 8"):
        studio.ksampler(model, positive, negative, latent=studio.latent(size=(8, 12)))


def test_on_the_hosts_inpainting_unet_both_are_named(studio, modes, inpaint, pack):
    config = studio.config.__class__(32, (1, 2), (1, 1), (1, 1), 4, 768, in_channels=9)
    with pytest.raises(pack("gligen_core.errors").GligenError, match="both for inpainting"):
        painted(studio, modes, inpaint, model=studio.new_model(config))
