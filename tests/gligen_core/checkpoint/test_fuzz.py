"""A few seconds of fuzzing files by their structure; `fuzz.py` runs as long as you like."""

import subprocess
import sys
from pathlib import Path

SECONDS = 15


def test_no_odd_file_found_in_some_seconds_breaks_a_law(tmp_path):
    script = Path(__file__).with_name("fuzz.py")
    done = subprocess.run(
        [sys.executable, str(script), str(SECONDS), "7", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "no law broken" in done.stdout and "refused" in done.stdout
