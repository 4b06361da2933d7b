"""Phrases through the host's CLIP: pooled, not projected, each distinct one once."""

import torch
from studio import CONTEXT


def test_features_are_the_pooled_ones_before_the_projection(studio, pack):
    features = pack("nodes.host.clip").phrase_features
    found = features(studio.clip, ["a red ball", "a cup"], CONTEXT, "x")
    assert found.shape == (2, CONTEXT) and found.dtype == torch.float32
    _, pooled = studio.clip.encode_from_tokens(
        studio.clip.tokenize("a cup"), return_pooled="unprojected"
    )
    assert torch.equal(found[1], pooled[0])
    _, projected = studio.clip.encode_from_tokens(studio.clip.tokenize("a cup"), return_pooled=True)
    assert not torch.allclose(found[1], projected[0], atol=1e-3)


def test_each_distinct_phrase_is_encoded_once(studio, pack):
    class Counting:
        """The studio's CLIP, and what it was asked for."""

        asked: list[str] = []  # noqa: RUF012

        def __getattr__(self, name):
            return getattr(studio.clip, name)

        def tokenize(self, text):
            self.asked.append(text)
            return studio.clip.tokenize(text)

    clip, phrases = Counting(), ["a cup", "a red ball", "a cup", "a cup"]
    found = pack("nodes.host.clip").phrase_features(clip, phrases, CONTEXT, "x")
    assert clip.asked == ["a cup", "a red ball"]
    assert torch.equal(found[0], found[2]) and torch.equal(found[0], found[3])
    assert not torch.equal(found[0], found[1])


def test_an_empty_layout_has_no_features_and_only_null_tokens(studio, pack):
    grounding = pack("nodes.ground").Ground.execute(
        studio.gligen, studio.clip, pack("gligen_core.layout").Layout()
    )[0]
    assert float(grounding.inputs.present.sum()) == 0
    tokenizer = studio.gligen.model.position_net
    with torch.no_grad():
        assert torch.allclose(tokenizer(grounding.inputs), tokenizer.null_tokens(30), atol=1e-6)


def test_the_strength_of_a_box_blends_it_with_no_box(studio, pack):
    layout = studio.layout().with_entities(
        pack("gligen_core.layout").Entity(id="a", box=e.box, text=e.text, strength=strength)
        for e, strength in zip(studio.layout().entities, (0.25, 1.0), strict=True)
    )
    ground = pack("nodes.ground").Ground
    inputs = ground.execute(studio.gligen, studio.clip, layout)[0].inputs
    assert inputs.present[0, :3].tolist() == [0.25, 1.0, 0.0]
