"""The world's networks fit the host: its tokenizer's ids, its UNet class, its VAE."""

import pytest
import torch
from studio import close


def test_the_words_are_the_hosts_tokens(host, pack):
    from comfy.sd1_clip import SD1Tokenizer

    words = pack("gligen_core.demo.words")
    for word, number in words.TOKENS.items():
        (row,) = SD1Tokenizer().tokenize_with_weights(word)["l"]
        assert [token for token, _ in row][:3] == [words.START, number, words.END], word


@pytest.mark.parametrize(
    "caption", ["a red cat at the top left , on a meadow", "", "the sun , a person in blue"]
)
def test_captions_are_tokenized_as_the_host_does(host, pack, caption):
    from comfy.sd1_clip import SD1Tokenizer

    (row,) = SD1Tokenizer().tokenize_with_weights(caption)["l"]
    ours = pack("gligen_core.demo.words").tokenize([caption])
    assert [token for token, _ in row] == ours[0].tolist()


@pytest.mark.parametrize("size", [(16, 16), (16, 24), (24, 16)])
def test_the_hosts_unet_of_these_sizes_predicts_what_ours_does(pack, size):
    parts = pack("gligen_core.demo.parts.base")
    torch.manual_seed(3)
    base = parts.Base().eval()
    host = pack("host.demo_model").host_model(base.unet.state_dict(), parts.UNET)
    x, timesteps = torch.randn(2, 4, *size), torch.tensor([3.0, 950.0])
    context = torch.randn(2, 7, 64)
    with torch.no_grad():
        ours = base.unet(x, timesteps, context)
        theirs = host.model.diffusion_model(x, timesteps, context=context)
    assert close(theirs, ours)
