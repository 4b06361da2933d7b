"""Files with any of their bytes wrong: read, or refused in words; never a crash of another kind."""

import random

import pytest
import torch
from safetensors.torch import save_file

from gligen_core.checkpoint import load_gligen
from gligen_core.errors import GligenError

TRIES = 150
TAIL, HEAD = 3000, 6000  # bytes of the file where its structure lies


@pytest.fixture(params=["zip", "old torch", "safetensors"])
def file(request, weights, tmp_path):
    if request.param == "safetensors":
        save_file(weights, tmp_path / "x.safetensors")
        return tmp_path / "x.safetensors"
    torch.save(
        {"model": weights, "config_dict": {"model": {"params": {"num_heads": 4}}}},
        tmp_path / "x.pth",
        _use_new_zipfile_serialization=request.param == "zip",
    )
    return tmp_path / "x.pth"


def test_a_file_with_wrong_bytes_is_read_or_refused_in_words(file):
    whole, chance = file.read_bytes(), random.Random(3)
    places = [*range(min(HEAD, len(whole))), *range(max(0, len(whole) - TAIL), len(whole))]
    refused = 0
    for _ in range(TRIES):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 20))):
            damaged[chance.choice(places)] = chance.randrange(256)
        file.write_bytes(damaged)
        try:
            load_gligen(file)
        except GligenError as error:
            refused += 1
            assert file.name in str(error)
    assert refused > TRIES // 20
