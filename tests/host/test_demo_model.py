"""The demo's networks in the host's classes compute what ours do, from the same state dicts."""

import pytest
import torch
from studio import close


@pytest.fixture(scope="module")
def demo(pack):
    return pack("host.demo_model")


@pytest.fixture(scope="module")
def base(pack):
    torch.manual_seed(3)
    return pack("gligen_core.demo.networks").Base().eval()


@pytest.mark.parametrize("size", [(16, 16), (16, 24), (24, 16)])
def test_the_hosts_unet_predicts_what_ours_does(demo, base, size):
    host = demo.host_model(base.unet.state_dict())  # strict: the very same keys
    x, timesteps = torch.randn(2, 4, *size), torch.tensor([3.0, 950.0])
    context = torch.randn(2, 7, 64)
    with torch.no_grad():
        ours = base.unet(x, timesteps, context)
        theirs = host.model.diffusion_model(x, timesteps, context=context)
    assert close(theirs, ours)


def test_sizes_of_sd1_are_the_hosts_own(demo, pack, host):
    # The same table gives Stable Diffusion 1's UNet, as the host would detect it.
    config = demo.host_unet_config(pack("gligen_core.unet").UNetConfig(depth=(1, 1, 1, 0)))
    assert config["transformer_depth"] == [1, 1, 1, 1, 1, 1, 0, 0]
    assert config["transformer_depth_output"] == [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert config["num_res_blocks"] == [2, 2, 2, 2]


def test_the_host_takes_the_prediction_for_velocity(demo, base):
    model = demo.host_model(base.unet.state_dict()).model
    x, sigma = torch.randn(1, 4, 16, 16), torch.tensor([2.0])
    context = torch.randn(1, 7, 64)
    with torch.no_grad():
        clean = model.apply_model(x, sigma, c_crossattn=context)
        # v-prediction (arXiv 2202.00512) at noise level s, of x = clean + s * noise.
        scaled = x / (sigma**2 + 1) ** 0.5
        timestep = model.model_sampling.timestep(sigma).float()
        velocity = base.unet(scaled, timestep, context)
    expected = x / (sigma**2 + 1) - velocity * sigma / (sigma**2 + 1) ** 0.5
    assert close(clean, expected)


@pytest.mark.parametrize(
    "caption",
    ["a red circle", "an orange square and a blue diamond", "", "the circle at the top left"],
)
def test_the_hosts_clip_reads_captions_as_ours_does(demo, base, pack, caption):
    clip = demo.host_clip(base.text_encoder.state_dict())
    vocabulary = pack("gligen_core.demo.vocabulary")
    tokens = clip.tokenize(caption)
    ids = vocabulary.tokenize([caption])
    assert [[token for token, _ in row] for row in tokens["l"]] == ids.tolist()
    hidden, pooled = clip.encode_from_tokens(tokens, return_pooled="unprojected")
    with torch.no_grad():
        our_hidden, our_pooled = base.text_encoder(ids)
    assert close(hidden, our_hidden) and close(pooled, our_pooled)


def test_words_the_demo_never_learned_embed_to_zero(demo, base):
    clip = demo.host_clip(base.text_encoder.state_dict())
    table = clip.cond_stage_model.clip_l.transformer.get_input_embeddings().weight
    learned = demo.TRAINED_TOKENS
    assert table.shape[0] == demo.VOCABULARY
    assert int((table.abs().sum(1) > 0).sum()) == len(learned)


def test_the_hosts_vae_decodes_and_encodes_as_ours_does(demo, pack):
    torch.manual_seed(4)
    ours = pack("gligen_core.demo.autoencoder").Autoencoder().eval()
    vae = demo.DemoVAE(ours.state_dict())
    latents, picture = torch.randn(2, 4, 8, 12), torch.rand(2, 64, 96, 3)
    with torch.no_grad():
        decoded = ours.decode(latents).permute(0, 2, 3, 1)
        encoded = ours.encode(picture.permute(0, 3, 1, 2) * 2 - 1)
    assert close(vae.decode(latents), (decoded / 2 + 0.5).clamp(0, 1))
    assert close(vae.encode(picture), encoded)


def test_the_node_gives_a_model_that_samples_and_grounds(studio, pack):
    model, clip, vae = pack("nodes.demo").DemoModel.execute().result
    gligen = studio.load("demo_gligen_text_box.safetensors")
    layout = studio.layout(phrases=("a red circle", "a blue square"))
    grounding = pack("nodes.ground").Ground.execute(gligen, clip, layout)[0]
    grounded = studio.apply(
        model, studio.text("a red circle", clip), studio.text("", clip), grounding
    )
    latent = studio.ksampler(*grounded, latent=studio.latent(size=(16, 16)), steps=2)
    (picture,) = studio.nodes.VAEDecode().decode(vae, {"samples": latent})
    assert picture.shape == (1, 128, 128, 3)
    assert picture.isfinite().all() and picture.std() > 0.01
