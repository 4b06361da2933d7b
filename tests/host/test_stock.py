"""The stock nodes' picture, where ours are told to do what those do."""

import pytest
from studio import BOXES, PHRASES, close, differ


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m_sde"])
@pytest.mark.parametrize("batch, size", [(1, (8, 8)), (2, (8, 8)), (1, (8, 16))])
def test_the_same_picture_as_gligen_loader_and_text_box_apply(studio, sampler, batch, size):
    text, negative = studio.text("a photo"), studio.text("blurred")
    latent = studio.latent(batch, size)
    stock = studio.ksampler(
        studio.model, stock_positive(studio, text, size), negative, sampler, latent=latent
    )
    ours = studio.apply(positive=text, negative=negative, negative_grounding="same as positive")
    assert close(studio.ksampler(*ours, sampler, latent=latent), stock)


def test_the_official_null_grounding_of_the_negative_differs_from_stock(studio):
    text, negative = studio.text("a photo"), studio.text("blurred")
    stock = studio.ksampler(studio.model, stock_positive(studio, text), negative)
    ours = studio.ksampler(*studio.apply(positive=text, negative=negative))
    assert differ(ours, stock)


def test_stock_and_own_gligen_run_one_after_the_other(studio):
    # Stock's patch and ours share the host's hook; each keeps its own effect.
    text, negative = studio.text("a photo"), studio.text("")
    model, positive, negative = studio.apply(positive=text, negative=negative)
    both = studio.ksampler(model, stock_positive(studio, positive), negative)
    assert differ(both, studio.ksampler(model, positive, negative))


def stock_positive(studio, conditioning, size=(8, 8)):
    """The conditioning with the studio's boxes, by the stock nodes, in pixels."""
    (gligen,) = studio.nodes.GLIGENLoader().load_gligen("tiny.safetensors")
    height, width = (8 * side for side in size)
    for (x0, y0, x1, y1), phrase in zip(BOXES, PHRASES, strict=True):
        (conditioning,) = studio.nodes.GLIGENTextBoxApply().append(
            conditioning,
            studio.clip,
            gligen,
            phrase,
            *(int((x1 - x0) * width), int((y1 - y0) * height)),
            *(int(x0 * width), int(y0 * height)),
        )
    return conditioning
