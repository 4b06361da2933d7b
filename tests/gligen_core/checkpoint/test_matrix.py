"""A bare matrix: CLIP's text projection in the forms that it is had in."""

import pytest
import torch
from safetensors.torch import save_file

from gligen_core.checkpoint.matrix import read_matrix
from gligen_core.errors import GligenError

MATRIX = torch.arange(16.0).reshape(4, 4)


@pytest.mark.parametrize("old", [True, False], ids=["old torch", "zip"])
@pytest.mark.parametrize(
    "value", [MATRIX, torch.nn.Parameter(MATRIX), {"x": torch.ones(2), "y": MATRIX}, MATRIX.half()]
)
def test_it_is_read_from_torch_files(value, old, tmp_path):
    torch.save(value, tmp_path / "matrix", _use_new_zipfile_serialization=not old)
    assert torch.equal(read_matrix(tmp_path / "matrix", 4, 4), MATRIX)


def test_it_is_read_from_safetensors(tmp_path):
    save_file({"any": MATRIX}, tmp_path / "x.safetensors")
    assert torch.equal(read_matrix(tmp_path / "x.safetensors", 4, 4), MATRIX)


@pytest.mark.parametrize(
    "value, says",
    [
        (torch.ones(4, 3), "no matrix of 4 x 4"),
        (torch.ones(4, 4, dtype=torch.int64), "no matrix of 4 x 4"),
        (torch.full((4, 4), torch.nan), "NaN or infinity"),
        ([1, 2], "no matrix of 4 x 4"),
    ],
)
def test_what_is_none_is_named_without_its_folder(value, says, tmp_path):
    torch.save(value, tmp_path / "matrix")
    with pytest.raises(GligenError, match=f"matrix: .*{says}") as refusal:
        read_matrix(tmp_path / "matrix", 4, 4)
    assert str(tmp_path) not in str(refusal.value)


def test_it_runs_nothing(tmp_path):
    (tmp_path / "matrix").write_bytes(b"\x80\x02cos\nsystem\n(X\x05\x00\x00\x00falsetR.")
    with pytest.raises(GligenError, match="not one of torch"):
        read_matrix(tmp_path / "matrix", 4, 4)
