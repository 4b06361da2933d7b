"""Phrases through the host's CLIP: as the encoders of each base are read, each distinct one once.

SD2.x and SDXL in the words of diffusers, with which their GLIGENs were trained: its pipelines have
transformers' encoders, here with the weights of the host's.
"""

import pytest
import torch
from families import LAYERS, TINY
from studio import CONTEXT, close, differ

PHRASES = ["a red ball", "a (very (old):1.3) map of Norway, folded", "a cup"]
END = 49407


def in_transformers(encoder, layers=LAYERS):
    """An encoder of the host in transformers' class, which takes so many of its layers."""
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    weights = encoder.transformer.state_dict()
    width = len(weights["text_projection.weight"])
    settings = TINY | {"num_hidden_layers": layers, "eos_token_id": END}
    with torch.device("meta"):
        model = CLIPTextModelWithProjection(
            CLIPTextConfig(
                vocab_size=len(weights["text_model.embeddings.token_embedding.weight"]),
                hidden_size=width,
                projection_dim=width,
                hidden_act="quick_gelu" if width == 768 else "gelu",  # OpenAI's; OpenCLIP's
                **settings,
            )
        )
    model.load_state_dict({name: weights[name] for name in model.state_dict()}, assign=True)
    model.text_model.embeddings.position_ids = torch.arange(77)[None]  # of no state dict
    return model.eval()


def tokens_of(clip, name, phrase):
    """-> 1 n, to the first end of text"""
    tokens = [token for token, _ in clip.tokenize(phrase)[name][0]]
    return torch.tensor([tokens[: tokens.index(END) + 1]])


@torch.inference_mode()
def test_sdxl_has_vit_l_before_its_projection_then_bigg_behind_its_own(families, pack):
    clip = families["SDXL"].clip
    found = pack("host.clip").phrase_features(clip, PHRASES, 2048, "x")
    encoders = clip.cond_stage_model
    large = in_transformers(encoders.clip_l)
    giant = in_transformers(encoders.clip_g)
    for row, phrase in zip(found, PHRASES, strict=True):
        assert close(row[:768], large.text_model(tokens_of(clip, "l", phrase)).pooler_output[0])
        assert close(row[768:], giant(tokens_of(clip, "g", phrase)).text_embeds[0])


@torch.inference_mode()
def test_sd2_has_the_last_layer_but_one_as_its_text_encoder_in_diffusers(families, pack):
    clip = families["SD2.x"].clip
    features = pack("host.clip").phrase_features
    found = features(clip, PHRASES, 1024, "x")
    # That of stable-diffusion-2-1 has 23 layers where the host's has 24.
    encoder = in_transformers(clip.cond_stage_model.clip_h, LAYERS - 1)
    for row, phrase in zip(found, PHRASES, strict=True):
        assert close(row, encoder.text_model(tokens_of(clip, "h", phrase)).pooler_output[0])
        tokens = clip.tokenize(phrase)
        assert differ(row, clip.encode_from_tokens(tokens, return_pooled="unprojected")[1][0])


@pytest.mark.parametrize("base", ["SD1.x", "SD2.x", "SDXL"])
@torch.inference_mode()
def test_clip_set_last_layer_and_prompts_in_between_change_no_phrase(studio, families, pack, base):
    clip, width = families[base].clip, families[base].shape.context
    features = pack("host.clip").phrase_features
    prompt = studio.text("a photo", clip)
    before = features(clip, PHRASES, width, "x")
    (skipping,) = studio.nodes.CLIPSetLastLayer().set_last_layer(clip, -1)
    assert torch.equal(features(skipping, PHRASES, width, "x"), before)
    after = studio.text("a photo", clip)
    assert torch.equal(after[0][0], prompt[0][0])
    assert torch.equal(after[0][1]["pooled_output"], prompt[0][1]["pooled_output"])


def test_features_are_the_pooled_ones_before_the_projection(studio, pack):
    features = pack("host.clip").phrase_features
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
    found = pack("host.clip").phrase_features(clip, phrases, CONTEXT, "x")
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
