"""A few seconds of coverage-guided fuzzing; where atheris has no wheel, the test says so."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SECONDS = 10


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python")
def test_no_input_found_in_some_seconds_breaks_a_parser(tmp_path):
    script = Path(__file__).with_name("fuzz.py")
    done = subprocess.run(
        [sys.executable, str(script), str(SECONDS)],
        cwd=tmp_path,  # libFuzzer writes the input that broke something here
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "DONE" in done.stderr  # it ran to the end of its time
