"""The host's memory flags, which take effect on a GPU only; `test_company` has their CPU part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
CHOSEN = (
    f"{HERE / 'test_sampling.py'}::test_grounding_changes_the_result_at_the_plain_number_of_calls",
    f"{HERE / 'test_gate.py'}::test_shut_or_ungrounded_is_the_plain_model_bit_for_bit",
    f"{HERE / 'test_lifetime.py'}::test_no_token_lives_on_after_the_run",
)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="the host refuses them beside --cpu")
@pytest.mark.parametrize("flag", ["--lowvram", "--novram"])
def test_sampling_under_a_memory_flag(flag):
    """In a host of its own, since a flag is read once per process."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *CHOSEN],
        env=dict(os.environ) | {"GLIGEN_TEST_HOST_FLAGS": flag},
        capture_output=True,
        text=True,
        cwd=HERE.parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
