"""dev.py as a command: what it says to a Python that is too old, and to a wrong command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[1] / "dev.py"


def run(*command):
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, encoding="utf-8", timeout=60
    )


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_is_refused_with_the_versions_that_do(version):
    script = f"import sys, runpy; sys.version_info = {version}; runpy.run_path({str(DEV)!r})"
    answer = run("-c", script)
    assert answer.returncode != 0
    assert f"this is Python {version[0]}.{version[1]}; expected 3.11, 3.12 or 3.13" in answer.stderr


def test_the_commands_are_listed_without_an_environment():
    answer = run("-S", str(DEV), "--help")  # -S: no site-packages
    assert answer.returncode == 0
    for command in ("demo", "test", "bench", "host", "python"):
        assert f"    {command} " in answer.stdout


def test_an_unknown_command_is_an_error():
    assert run(str(DEV), "dance").returncode == 2


def test_the_bench_runs_with_a_heap_that_is_kept(tmp_path):
    file = tmp_path / "bench.json"
    # Kernels, because on a CPU there are none to count.
    options = ("--only", "kernels", "--device", "cpu", "--size", "minute", "--json", str(file))
    answer = run(str(DEV), "bench", *options)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(file.read_text(encoding="utf-8"))["environment"]["heap"] == "kept"
