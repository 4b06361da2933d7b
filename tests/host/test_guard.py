"""A grounded conditioning on a MODEL without its GLIGEN: plain, and said so by name."""

import pytest
import torch

LACKS = "lacks this GLIGEN"


@pytest.fixture
def warnings_of(caplog):
    """Runs a job and gives back what was warned of."""

    def run(job):
        caplog.clear()
        job()
        return [record.getMessage() for record in caplog.records if LACKS in record.message]

    return run


def test_a_plain_model_is_warned_of_by_name_once(studio, warnings_of):
    _, positive, negative = studio.apply()
    (warning,) = warnings_of(lambda: studio.ksampler(studio.model, positive, negative))
    assert "tiny.safetensors" in warning and "Wire MODEL from Apply GLIGEN" in warning


def test_its_picture_is_the_plain_models_at_the_plain_number_of_calls(studio):
    positive, negative = studio.text("a photo"), studio.text("")
    plain = studio.ksampler(studio.model, positive, negative)
    _, positive, negative = studio.apply(positive=positive, negative=negative)
    model, calls = studio.watched(studio.model)
    assert torch.equal(studio.ksampler(model, positive, negative), plain)
    assert [call.rows for call in calls] == [2] * 4


def test_a_model_with_another_gligen_is_warned_of_too(studio, warnings_of):
    studio.save_gligen("other.safetensors", seed=3)
    other = studio.ground(gligen=studio.load("other.safetensors"))
    model, positive, negative = studio.apply()
    (positive,) = studio.pack("nodes.apply").GroundConditioning.execute(positive, other).result
    (warning,) = warnings_of(lambda: studio.ksampler(model, positive, negative))
    assert "grounded with other.safetensors" in warning


def test_a_model_with_its_gligen_is_not(studio, warnings_of):
    grounded = studio.apply()
    assert warnings_of(lambda: studio.ksampler(*grounded)) == []
    (more,) = (
        studio.pack("nodes.apply")
        .GroundConditioning.execute(studio.text("a cup"), studio.ground())
        .result
    )
    model, positive, negative = grounded
    assert warnings_of(lambda: studio.ksampler(model, positive + more, negative)) == []


def test_a_model_that_grounds_leaves_plain_conditionings_in_peace(studio, warnings_of):
    model, _, _ = studio.apply()
    plain = studio.text("a photo"), studio.text("")
    assert warnings_of(lambda: studio.ksampler(model, *plain)) == []
